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
import org.junit.jupiter.api.io.TempDir;

/**
 * The worked cases of the merge rules through {@code lakehouse run}: the k-th run brings the k-th
 * batch of every case, each of which has a table of its own. Then everything is delivered once
 * more.
 *
 * <p>Records in files have positions, so this cannot show what the rules do where they are unknown.
 */
class CasesIT {
  @TempDir static Path folder;

  private static final List<MergeCase> CASES = new ArrayList<>();
  private static final Map<String, List<String>> ROWS = new HashMap<>();
  private static final Map<String, List<Long>> SNAPSHOTS = new HashMap<>();
  private static TestProject project;

  @BeforeAll
  static void run() {
    CASES.addAll(MergeCase.load("latest-by-key", 1, "latest"));
    CASES.addAll(MergeCase.load("version-history", 2, "versions"));
    CASES.addAll(MergeCase.load("first-by-key", 0, "events"));
    project = TestProject.create(folder);
    Deliveries deliveries = new Deliveries(project, CASES.stream().map(MergeCase::table).toList());
    int batches = CASES.stream().mapToInt(one -> one.batches().size()).max().orElseThrow();
    for (int batch = 0; batch < batches; batch++) {
      for (MergeCase one : CASES) {
        if (batch < one.batches().size()) {
          for (TestChange change : one.batches().get(batch)) {
            deliveries.add("batch-" + batch, one.table(), change);
          }
        }
      }
      deliveries.run();
    }
    for (MergeCase one : CASES) {
      ROWS.put(one.table().name(), one.table().rows(project));
      SNAPSHOTS.put(one.table().name(), project.snapshots(one.table().silver()));
    }
    redeliver(deliveries);
  }

  /** Behind all that was there, in the order of the source. */
  private static void redeliver(Deliveries deliveries) {
    for (MergeCase one : CASES) {
      one.batches().stream()
          .flatMap(List::stream)
          .sorted(Comparator.comparingInt(TestChange::position))
          .forEach(change -> deliveries.add("again", one.table(), change.at(999)));
    }
    deliveries.run();
  }

  @TestFactory
  Stream<DynamicTest> batchByBatchGivesTheRows() {
    return tests(one -> assertThat(ROWS.get(one.table().name()), is(one.rows())));
  }

  @TestFactory
  Stream<DynamicTest> redeliveryMakesNoSnapshot() {
    return tests(
        one -> {
          assertThat(one.table().rows(project), is(one.rows()));
          assertThat(
              project.snapshots(one.table().silver()), is(SNAPSHOTS.get(one.table().name())));
        });
  }

  private static Stream<DynamicTest> tests(Consumer<MergeCase> test) {
    return CASES.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> test.accept(one)));
  }
}
