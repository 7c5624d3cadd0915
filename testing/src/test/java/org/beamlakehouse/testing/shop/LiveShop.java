package org.beamlakehouse.testing.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The script {@code examples/shop/streaming/run} as a process. */
final class LiveShop implements AutoCloseable {
  private static final int LONGEST_SECONDS = 240;
  private static final String POSTGRES = "PostgreSQL is at ";

  private final Process process;
  private final BufferedReader output;
  private final List<String> lines = new ArrayList<>();

  private LiveShop(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /**
   * Starts the script.
   *
   * @param warehouse where the tables come to be
   * @param seconds how long the shop is open
   */
  static LiveShop start(Path warehouse, int seconds) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            ShopFiles.sample().resolve("streaming/run").toString(), Integer.toString(seconds));
    builder.environment().put("WAREHOUSE", warehouse.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("LAKEHOUSE_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx512m");
    return new LiveShop(builder.redirectErrorStream(true).start());
  }

  /**
   * Waits until the script prints a line that begins with a text.
   *
   * @throws AssertionError with what it printed where it ends before
   */
  void awaitLine(String beginning) throws IOException {
    while (lines.stream().noneMatch(line -> line.startsWith(beginning))) {
      String line = output.readLine();
      if (line == null) {
        throw new AssertionError("The script ended without '" + beginning + "':\n" + printed());
      }
      lines.add(line);
    }
  }

  /**
   * What a query says in the shop's database while the script runs: rows by column, in no order.
   */
  List<Map<String, Object>> rows(String query) throws SQLException {
    String url = lines.stream().filter(line -> line.startsWith(POSTGRES)).findFirst().orElseThrow();
    try (Connection connection = DriverManager.getConnection(url.substring(POSTGRES.length()));
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<Map<String, Object>> rows = new ArrayList<>();
      while (result.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.put(result.getMetaData().getColumnLabel(i), value(result, i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** A column in the class that Iceberg's reader gives for it. */
  private static Object value(ResultSet result, int column) throws SQLException {
    return switch (result.getMetaData().getColumnTypeName(column)) {
      case "timestamptz" -> result.getObject(column, OffsetDateTime.class);
      case "date" -> result.getObject(column, LocalDate.class);
      default -> result.getObject(column);
    };
  }

  /** Ends the script as a terminal that is closed does, and all that it started is gone then. */
  int terminate() throws InterruptedException {
    process.destroy();
    return end();
  }

  /**
   * Waits for the script's end.
   *
   * @return its exit code
   * @throws AssertionError where it does not end
   */
  int end() throws InterruptedException {
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("The script does not end:\n" + printed());
    }
    return process.exitValue();
  }

  /** The processes that it started and that run now. */
  List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  /** What was printed, as far as it was waited for. */
  String printed() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
  }
}
