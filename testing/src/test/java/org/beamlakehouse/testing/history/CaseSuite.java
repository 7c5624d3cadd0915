package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The worked cases of the merge rules through {@code lakehouse run}: the k-th run brings the k-th
 * batch of every case, each of which has a table of its own. Then everything is delivered once
 * more. A concrete suite says what kind of tables they are.
 *
 * <p>Records of sources have positions, so this cannot show what the rules do where they are
 * unknown. Tombstones go by the offsets of a topic and are left out; they are a matter of the
 * rules' own tests and of {@code KafkaFormatsIT}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CaseSuite {
  private final List<MergeCase> cases = new ArrayList<>();
  private final Map<String, List<String>> rows = new HashMap<>();
  private final Map<String, List<Long>> snapshots = new HashMap<>();
  private TestProject project;

  /** The contract's properties of a table beyond what its case asks for, as YAML. */
  abstract Map<String, String> settings(TestTable table);

  /** How changes get to the source of the tables. */
  Deliveries deliveries(TestProject folder, List<TestTable> tables) {
    return Deliveries.asFiles(folder, tables);
  }

  /** Takes the cases of all rules. */
  void load() {
    load("latest-by-key", 1, "latest");
    load("version-history", 2, "versions");
    load("first-by-key", 0, "events");
  }

  /** Takes the cases of a file. */
  final void load(String file, int scdType, String prefix) {
    for (MergeCase one : MergeCase.load(file, scdType, prefix)) {
      cases.add(one.on(one.table().with(settings(one.table()))));
    }
  }

  @BeforeAll
  void run(@TempDir Path folder) {
    load();
    project = TestProject.create(folder);
    Deliveries deliveries = deliveries(project, cases.stream().map(MergeCase::table).toList());
    int batches = cases.stream().mapToInt(one -> one.batches().size()).max().orElseThrow();
    for (int batch = 0; batch < batches; batch++) {
      for (MergeCase one : cases) {
        if (batch < one.batches().size()) {
          for (TestChange change : one.batches().get(batch)) {
            deliveries.add("batch-" + batch, one.table(), change);
          }
        }
      }
      deliveries.run();
    }
    for (MergeCase one : cases) {
      rows.put(one.table().name(), one.table().rows(project));
      snapshots.put(one.table().name(), project.snapshots(one.table().silver()));
    }
    redeliver(deliveries);
  }

  /** Behind all that was there, in the order of the source. */
  void redeliver(Deliveries deliveries) {
    for (MergeCase one : cases) {
      one.batches().stream()
          .flatMap(List::stream)
          .sorted(Comparator.comparingInt(TestChange::position))
          .forEach(change -> deliveries.add("again", one.table(), change.at(999)));
    }
    deliveries.run();
  }

  @TestFactory
  Stream<DynamicTest> batchByBatchGivesTheRows() {
    return tests(one -> assertThat(rows.get(one.table().name()), is(one.rows())));
  }

  @TestFactory
  Stream<DynamicTest> redeliveryMakesNoSnapshot() {
    return tests(
        one -> {
          assertThat(one.table().rows(project), is(one.rows()));
          assertThat(
              project.snapshots(one.table().silver()), is(snapshots.get(one.table().name())));
        });
  }

  private Stream<DynamicTest> tests(Consumer<MergeCase> test) {
    return cases.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> test.accept(one)));
  }
}
