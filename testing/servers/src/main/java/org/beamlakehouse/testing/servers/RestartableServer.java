package org.beamlakehouse.testing.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A server of one process that keeps its address and its files over kills. */
abstract class RestartableServer extends ServerExtension {
  private final String name;
  private Path folder;
  private ServerProcess process;

  /**
   * For a server.
   *
   * @param name what messages call it
   */
  RestartableServer(String name) {
    this.name = name;
  }

  /** Chooses ports and writes files, once before the first {@link #launch}. */
  abstract void prepare();

  /** Starts the process. */
  abstract ServerProcess launch();

  /**
   * Whether the server does its work.
   *
   * @throws IllegalStateException where it never will
   */
  abstract boolean answers();

  @Override
  final List<ServerProcess> processes() {
    return process == null ? List.of() : List.of(process);
  }

  /** The folder of its files while it is started. */
  final Path folder() {
    return folder;
  }

  @Override
  public final void start() {
    if (folder != null) {
      throw new IllegalStateException(
          "Cannot start " + name + ": it was started before; close it first");
    }
    folder = Folders.create(name.toLowerCase(Locale.ROOT));
    prepare();
    run();
  }

  private void run() {
    process = launch();
    process.await(this::answers);
  }

  /** Kills the server as {@code kill -9} does, and waits until it is gone. */
  public final void kill() {
    process.kill();
  }

  /**
   * Starts the server again after {@link #kill}, at the same address and with the same data, and
   * waits until it answers.
   *
   * @throws IllegalStateException where it still runs, or does not answer
   */
  public final void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException("Cannot restart " + name + ": it still runs; kill it first");
    }
    run();
  }

  @Override
  public void close() {
    if (process != null) {
      process.kill();
      process = null;
    }
    if (folder != null) {
      Folders.delete(folder);
      folder = null;
    }
  }
}
