package org.beamlakehouse.pipelines.internal.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.junit.jupiter.api.Test;

/** What is printed of a run, and the exit code that it ends with. */
class RunSummaryTest {
  @Test
  void failuresCountMoreThanHaltsAndEachIsTold() {
    for (Object[] expected :
        new Object[][] {
          {List.of("committed", "unchanged"), 0, 0},
          {List.of("unchanged"), 0, 0},
          {List.of("committed", "halted"), 0, 3},
          {List.of("failed", "committed"), 0, 1},
          {List.of("incomplete"), 0, 1},
          {List.of("halted", "failed"), 0, 1},
          {List.of("halted", "incomplete"), 0, 1},
          {List.of("committed"), 1, 1},
          {List.of("halted"), 1, 1},
          {List.of(), 1, 1}
        }) {
      List<CommittedSnapshot> tables = new ArrayList<>();
      for (Object status : (List<?>) expected[0]) {
        tables.add(table("silver.t" + tables.size(), (String) status));
      }
      List<RuntimeException> failures =
          (int) expected[1] == 0
              ? List.of()
              : List.of(new IllegalArgumentException("Cannot go on: the disk is full"));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      StringWriter err = new StringWriter();
      Console console =
          new Console(
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintWriter(err, true),
              Map.of());

      int code = RunSummary.report(new RunResult("run", tables, failures), console, false);

      String told = List.of(expected).toString();
      assertThat(told, code, is(expected[2]));
      for (CommittedSnapshot table : tables) {
        assertThat(told, out.toString(StandardCharsets.UTF_8), containsString(table.getTable()));
        if (table.getMessage() != null) {
          assertThat(told, err.toString(), containsString(table.getMessage()));
        }
      }
      if (!failures.isEmpty()) {
        assertThat(told, err.toString(), containsString("Cannot go on: the disk is full"));
      }
    }
  }

  private static CommittedSnapshot table(String name, String status) {
    boolean isBad = List.of("halted", "failed", "incomplete").contains(status);
    return CommittedSnapshot.of(
        "silver", name, null, status, Map.of(), isBad ? "Cannot publish " + name : null, 0, 1);
  }
}
