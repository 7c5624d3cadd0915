package org.beamlakehouse.testing.robust;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.beamlakehouse.pipelines.Lakehouse;
import org.beamlakehouse.testing.TestProject;

/** {@code lakehouse run} in a process of its own, which can be killed without any warning. */
final class ChildRun {
  private static final int LONGEST_SECONDS = 900;

  private final Process process;
  private final Path output;

  private ChildRun(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a run.
   *
   * @param output gets what the process prints
   * @param arguments of the command, beyond the project
   */
  static ChildRun start(Path project, Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A process that lives for seconds must start fast; it need not run fast.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(
        List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote", "-Xmx512m"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Lakehouse.class.getName(), "run", "--project", project.toString()));
    command.addAll(List.of(arguments));
    command.addAll(TestProject.beamOptions());
    return new ChildRun(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start(),
        output);
  }

  /**
   * Kills the process, on Unix by SIGKILL.
   *
   * @return false where it had ended by itself before
   */
  boolean kill() throws InterruptedException {
    process.destroyForcibly();
    // A process that was killed by signal 9 tells 128 + 9.
    return process.waitFor() == 137;
  }

  /**
   * Kills the process, which must live until then.
   *
   * @throws AssertionError with its output where it had ended by itself before
   */
  void killAlive() throws IOException, InterruptedException {
    if (!kill()) {
      throw ended();
    }
  }

  /**
   * Asks the process to end, on Unix by SIGTERM, and waits until it has.
   *
   * @return its exit code
   */
  int end() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("The run does not end:\n" + Files.readString(output));
    }
    return process.exitValue();
  }

  /** Waits for the end; true where it came within the time. */
  boolean ends(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** The processor time that the process has taken so far. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Requires that the run goes on.
   *
   * @throws AssertionError with its output where it ended by itself
   */
  void assertAlive() throws IOException {
    if (!process.isAlive()) {
      throw ended();
    }
  }

  /**
   * Waits until something is so, while the process lives.
   *
   * @throws AssertionError with its output where that takes too long
   */
  void await(BooleanSupplier condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (System.nanoTime() < end && isAlive() && !condition.getAsBoolean()) {
      ends(200);
    }
    if (!condition.getAsBoolean()) {
      throw new AssertionError(Files.readString(output));
    }
  }

  private AssertionError ended() throws IOException {
    return new AssertionError(
        "The run ended with " + process.exitValue() + ":\n" + Files.readString(output));
  }

  /**
   * Waits for a run that nobody disturbs.
   *
   * @throws AssertionError with its output where it does not end well
   */
  void succeed() throws IOException, InterruptedException {
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("The run does not end:\n" + Files.readString(output));
    }
    if (process.exitValue() != 0) {
      throw ended();
    }
  }
}
