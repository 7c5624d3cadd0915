package org.beamlakehouse.testing.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.testing.TestProject;

/**
 * Delivers changes of many tables as files of one source.
 *
 * <p>Changes of one order are ordered by the paths of their files, so each position has a folder:
 * {@code data/<position>/<batch>.jsonl}.
 */
final class Deliveries {
  private static final String SOURCE = "cdc";

  private final TestProject project;
  private final Map<String, List<String>> files = new TreeMap<>();

  Deliveries(TestProject project, List<TestTable> tables) {
    this.project = project;
    project
        .source(SOURCE, "debezium-json", "data/*/*.jsonl")
        .contract("histories", TestTable.contract(SOURCE, tables));
  }

  /** Adds a change to a batch that is not delivered yet. */
  void add(String batch, TestTable table, TestChange change) {
    files
        .computeIfAbsent(
            String.format("data/%03d/%s.jsonl", change.position(), batch),
            unused -> new ArrayList<>())
        .add(change.message(table));
  }

  /** Writes the files of everything that was added, and runs the project. */
  void run() {
    files.forEach(project::lines);
    files.clear();
    project.run().done();
  }
}
