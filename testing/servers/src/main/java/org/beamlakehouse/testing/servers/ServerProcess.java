package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** One process of a server. What it prints is added to {@code <name>.log} in its folder. */
final class ServerProcess {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int LOG_LINES = 40;

  private final String name;
  private final Path log;
  private final Process process;

  private ServerProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a Java class, whose process ends with this one.
   *
   * @param name the server's name in messages, and of its log
   * @param folder where it runs
   * @param classPath see {@link ClassPaths}
   * @param jvmOptions options of the virtual machine
   * @param mainAndArguments the class and what it is given
   */
  static ServerProcess java(
      String name,
      Path folder,
      String classPath,
      List<String> jvmOptions,
      List<String> mainAndArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Servers of tests live shortly: the optimising compiler would cost more than it gives.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:-UsePerfData");
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(classPath);
    command.add(ServerMain.class.getName());
    command.addAll(mainAndArguments);
    return command(name, folder, command);
  }

  /** Starts a command, which has to end when its standard input does. */
  static ServerProcess command(String name, Path folder, List<String> command) {
    Path log = folder.resolve(name + ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new ServerProcess(name, log, process);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Waits until the server answers.
   *
   * @throws IllegalStateException where its process ends before, or two minutes are over
   */
  void await(BooleanSupplier answers) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!answers.getAsBoolean()) {
      if (!process.isAlive()) {
        throw failed("its process has ended with status " + process.exitValue());
      }
      if (System.nanoTime() > deadline) {
        throw failed("it does not answer after " + PATIENCE.toSeconds() + " s");
      }
      pause();
    }
  }

  private IllegalStateException failed(String reason) {
    return new IllegalStateException("Cannot start " + name + ": " + reason + "; " + endOfLog());
  }

  /** The last lines that it printed, for messages. */
  String endOfLog() {
    try {
      List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
      return String.format(
          "the end of the log of %s:%n%s",
          name,
          String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())));
    } catch (IOException e) {
      return "the log of " + name + " cannot be read: " + e;
    }
  }

  /** Waits a little before the next look at a server. */
  static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for a server: interrupted", e);
    }
  }

  /** Whether it runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits until the process has done its work and ended.
   *
   * @throws IllegalStateException where it failed, or two minutes are over
   */
  void awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        kill();
        throw failed("it does not end after " + PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for " + name + ": interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw failed("its process has ended with status " + process.exitValue());
    }
  }

  /**
   * Kills the process and those that it started, without a chance to clean up, and waits until they
   * are gone.
   */
  void kill() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      try {
        one.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Cannot kill " + name + ": interrupted", e);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("Cannot kill " + name + ": process " + one.pid(), e);
      }
    }
  }
}
