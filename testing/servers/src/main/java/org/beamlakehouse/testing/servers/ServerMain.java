package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.util.Arrays;

/**
 * What the process of a server in Java begins with: runs the main class that the first argument
 * names with the other ones, and ends the process at once when standard input ends. So no server
 * outlives the process that started it, not even one that was killed.
 */
public final class ServerMain {
  private ServerMain() {}

  /** Runs the server. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread watch = new Thread(ServerMain::endWithInput, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    Class.forName(arguments[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes: only the end counts.
      }
    } catch (IOException e) {
      // The same as its end.
    }
    Runtime.getRuntime().halt(1);
  }
}
