package org.beamlakehouse.testing.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The process that {@link SparkProcess} starts: answers each line of standard input, one SQL
 * statement, with its rows, and ends with its input.
 *
 * <p>Each line of an answer begins with {@link #ROW}, {@link #DONE} (wall and CPU nanoseconds
 * follow) or {@link #FAILED} (the reason follows). Spark's settings are its system properties.
 */
public final class SparkServer {
  static final String ROW = "row\t";
  static final String DONE = "done\t";
  static final String FAILED = "failed\t";

  private SparkServer() {}

  /** Answers until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    // Libraries that write to standard output must not get in between the answers.
    PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      for (String sql = in.readLine(); sql != null; sql = in.readLine()) {
        answer(spark, sql, answers);
        answers.flush();
      }
    }
  }

  private static void answer(SparkSession spark, String sql, PrintStream answers) {
    long started = System.nanoTime();
    long cpu = cpuNanos();
    try {
      for (Row row : spark.sql(sql).collectAsList()) {
        answers.println(ROW + oneLine(row.mkString("\t")));
      }
      answers.println(DONE + (System.nanoTime() - started) + "\t" + (cpuNanos() - cpu));
    } catch (Exception e) {
      answers.println(FAILED + oneLine(e.toString()));
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\R", " ");
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
