package org.beamlakehouse.testing.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.beamlakehouse.testing.postgres.DatabaseRows;

/** The script {@code examples/shop/streaming/run} as a process. */
final class LiveShop implements AutoCloseable {
  private static final int LONGEST_SECONDS = 900;
  private static final String POSTGRES = "PostgreSQL is at ";

  private final Process process;
  private final BufferedReader output;
  private final CompletableFuture<Process> ended;
  private final List<String> lines = new ArrayList<>();

  private LiveShop(Process process) {
    this.process = process;
    this.output = process.inputReader();
    this.ended =
        process
            .onExit()
            .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
            .whenComplete((script, late) -> close());
  }

  /**
   * Starts the script, which is killed where it takes longer than five minutes.
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
    return DatabaseRows.of(url.substring(POSTGRES.length()), query);
  }

  /** Ends the script as a terminal that is closed does, and all that it started is gone then. */
  int terminate() {
    process.destroy();
    return end();
  }

  /** Waits for the script's end, and tells its exit code. */
  int end() {
    return ended.join().exitValue();
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
