package org.beamlakehouse.benchmarks.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process that runs a main class around a {@link Repeater}. */
final class JavaSession implements Peer.Session {
  private final Process process;
  private final PrintStream batches;
  private final BufferedReader answers;

  /**
   * Starts the process.
   *
   * @throws UncheckedIOException where it cannot be started
   */
  JavaSession(List<String> jvmOptions, String classPath, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + mainClass + ": " + e.getMessage(), e);
    }
    batches = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public Cost run(int batch) {
    batches.println(batch);
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith(Repeater.DONE)) {
          String[] nanos = line.substring(Repeater.DONE.length()).split("\t", -1);
          return Cost.ofNanos(Long.parseLong(nanos[0]), Long.parseLong(nanos[1]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read from the process: " + e.getMessage(), e);
    }
    throw new IllegalStateException(
        "Cannot measure batch " + batch + ": the process has ended; it told why above");
  }

  @Override
  public void close() {
    batches.close();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
