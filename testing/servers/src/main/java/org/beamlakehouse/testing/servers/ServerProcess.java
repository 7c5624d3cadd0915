package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One process of a server. What it prints is added to {@code <name>.log} in its folder. */
final class ServerProcess {
  private static final Duration START = Duration.ofMinutes(2);
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
    long deadline = System.nanoTime() + START.toNanos();
    while (!answers.getAsBoolean()) {
      if (!process.isAlive()) {
        throw failed("its process has ended with status " + process.exitValue());
      }
      if (System.nanoTime() > deadline) {
        throw failed("it does not answer after " + START.toSeconds() + " s");
      }
      pause();
    }
  }

  private IllegalStateException failed(String reason) {
    return new IllegalStateException(
        "Cannot start " + name + ": " + reason + "; the end of its log:\n" + endOfLog());
  }

  private String endOfLog() {
    try {
      List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void pause() {
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

  /** Kills the process, without a chance to clean up, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("Cannot kill " + name + ": its process does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot kill " + name + ": interrupted", e);
    }
  }
}
