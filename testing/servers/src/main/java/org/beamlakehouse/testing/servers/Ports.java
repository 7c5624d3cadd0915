package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface. */
final class Ports {
  /** The address that all servers listen at. */
  static final String LOOPBACK = "127.0.0.1";

  // Below what systems give to outgoing connections: while a killed server is down, none of those
  // can take its port.
  private static final int FIRST = 10_000;
  private static final int END = 32_000;
  private static final int ATTEMPTS = 1_000;

  private Ports() {}

  /**
   * A port that nobody listens at now.
   *
   * @throws IllegalStateException where none was found
   */
  static int free() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
        return port;
      } catch (IOException e) {
        // Taken: try another one.
      }
    }
    throw new IllegalStateException(
        "Cannot find a free port: all of " + ATTEMPTS + " tried ones are taken");
  }

  /** Whether somebody listens at a port. */
  static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
