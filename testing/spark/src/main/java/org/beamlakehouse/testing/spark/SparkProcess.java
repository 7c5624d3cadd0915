package org.beamlakehouse.testing.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Spark 3.5 with Iceberg's runtime in a process of its own, which answers one SQL statement after
 * the other. It shares no class and no library with the code under test.
 *
 * <p>The process ends with {@link #close}, or with this one. Not safe for use by several threads.
 */
public final class SparkProcess implements AutoCloseable {
  private static final String CLASS_PATH = "/spark-class-path.txt";

  /** What Spark on Java 17 needs to be open. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private final Process process;
  private final PrintStream statements;
  private final BufferedReader answers;

  private SparkProcess(Process process) {
    this.process = process;
    this.statements = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** A process to be started. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What a statement gave and cost.
   *
   * @param rows columns separated by tabs
   * @param wall time that passed
   * @param cpu time that all threads of the process used
   */
  public record Answer(List<String> rows, Duration wall, Duration cpu) {}

  /** The rows of a statement, their columns separated by tabs; see {@link #execute}. */
  public List<String> rows(String sql) {
    return execute(sql).rows();
  }

  /**
   * Runs one statement and waits for it.
   *
   * @throws IllegalStateException where Spark cannot run it, with Spark's reason
   */
  public Answer execute(String sql) {
    statements.println(sql.replaceAll("\\R", " "));
    List<String> rows = new ArrayList<>();
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith(SparkServer.ROW)) {
          rows.add(line.substring(SparkServer.ROW.length()));
        } else if (line.startsWith(SparkServer.FAILED)) {
          throw new IllegalStateException(
              "Cannot run in Spark: " + sql + ": " + line.substring(SparkServer.FAILED.length()));
        } else if (line.startsWith(SparkServer.DONE)) {
          String[] nanos = line.substring(SparkServer.DONE.length()).split("\t", -1);
          return new Answer(
              rows,
              Duration.ofNanos(Long.parseLong(nanos[0])),
              Duration.ofNanos(Long.parseLong(nanos[1])));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read Spark's answer: " + e.getMessage(), e);
    }
    throw new IllegalStateException("Cannot run in Spark: " + sql + ": its process has ended");
  }

  /** Ends the process. */
  @Override
  public void close() {
    statements.close();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Settings of a process. */
  public static final class Builder {
    private final Map<String, String> settings = new TreeMap<>();
    private final List<String> jvmOptions = new ArrayList<>();

    private Builder() {
      setting("spark.master", "local[2]");
      setting("spark.app.name", "beam-lakehouse");
      setting("spark.ui.enabled", "false");
      setting("spark.driver.host", "localhost");
      setting("spark.driver.bindAddress", "127.0.0.1");
      setting("spark.sql.session.timeZone", "UTC");
      setting(
          "spark.sql.extensions",
          "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    }

    /** One of Spark's settings. */
    public Builder setting(String key, String value) {
      settings.put(key, value);
      return this;
    }

    /** An Iceberg catalog under a name that the statements use, with Iceberg's properties. */
    public Builder catalog(String name, Map<String, String> properties) {
      setting("spark.sql.catalog." + name, "org.apache.iceberg.spark.SparkCatalog");
      properties.forEach((key, value) -> setting("spark.sql.catalog." + name + "." + key, value));
      return this;
    }

    /** Options of the virtual machine, such as {@code -Xmx4g}. */
    public Builder jvmOptions(String... options) {
      jvmOptions.addAll(List.of(options));
      return this;
    }

    /**
     * Starts the process in a folder, which Spark writes its temporary files to.
     *
     * @throws UncheckedIOException where it cannot be started
     */
    public SparkProcess start(Path folder) {
      setting("spark.local.dir", folder.toString());
      setting("spark.sql.warehouse.dir", folder.resolve("spark-warehouse").toUri().toString());
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
      command.add("-Dlog4j2.configurationFile=spark-log4j2.properties");
      settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
      command.add("-cp");
      command.add(classPath());
      command.add(SparkServer.class.getName());
      try {
        return new SparkProcess(
            new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot start Spark: " + e.getMessage(), e);
      }
    }

    private static String classPath() {
      try (InputStream in = SparkProcess.class.getResourceAsStream(CLASS_PATH)) {
        if (in == null) {
          throw new IllegalStateException(
              "Cannot start Spark: "
                  + CLASS_PATH
                  + " is missing; the build of this module resolves it");
        }
        String own =
            Path.of(SparkProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
        return own
            + java.io.File.pathSeparator
            + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      } catch (IOException | java.net.URISyntaxException e) {
        throw new IllegalStateException("Cannot start Spark: " + e.getMessage(), e);
      }
    }
  }
}
