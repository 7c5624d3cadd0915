package org.beamlakehouse.benchmarks.job;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * The inside of a {@link JavaSession}: does a task for each line of standard input and answers with
 * what it took.
 */
final class Repeater {
  static final String DONE = "done\t";

  private Repeater() {}

  /** Something that is done again and again. */
  interface Task {
    /** Does it; the argument is the number of the batch. */
    void run(int batch) throws Exception;
  }

  /** Does the task until standard input ends. */
  static void answer(Task task) throws Exception {
    PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      long started = System.nanoTime();
      long cpu = cpuNanos();
      try {
        task.run(Integer.parseInt(line));
      } catch (Exception e) {
        e.printStackTrace();
        // Engines leave threads behind that keep a process alive, and who asked waiting.
        System.exit(1);
      }
      answers.println(DONE + (System.nanoTime() - started) + "\t" + (cpuNanos() - cpu));
      answers.flush();
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
