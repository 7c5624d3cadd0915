package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories through {@code lakehouse run}, in random order and batches and with repetitions,
 * against an oracle that plays the sorted changes one by one. The histories, each with a table of
 * its own, share the runs.
 *
 * <p>Copies of a change have its place among the changes of its order: which of several different
 * changes of one place wins is not random here, it is a matter of {@link CasesIT}.
 */
class RandomHistoriesIT {
  private static final int HISTORIES = 60;
  private static final int RUNS = 4;
  private static final long SEED = 20_240_229;

  @TempDir static Path folder;

  private static final Map<String, List<String>> ROWS = new HashMap<>();
  private static final Map<String, List<Long>> SNAPSHOTS = new HashMap<>();
  private static List<RandomHistory> histories;
  private static TestProject project;

  @BeforeAll
  static void run() {
    // Drawn, as generators with neighbouring seeds begin alike.
    long[] seeds = new Random(SEED).longs(HISTORIES).toArray();
    histories =
        IntStream.range(0, HISTORIES).mapToObj(i -> new RandomHistory(i, seeds[i])).toList();
    project = TestProject.create(folder);
    Deliveries deliveries =
        Deliveries.asFiles(project, histories.stream().map(RandomHistory::table).toList());
    List<List<Runnable>> runs = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      runs.add(new ArrayList<>());
    }
    for (int i = 0; i < HISTORIES; i++) {
      deliver(histories.get(i), new Random(seeds[i] + 1), deliveries, runs);
    }
    for (List<Runnable> additions : runs) {
      Collections.shuffle(additions, new Random(SEED));
      additions.forEach(Runnable::run);
      deliveries.run();
    }
    for (RandomHistory history : histories) {
      ROWS.put(history.table().name(), history.table().rows(project));
      SNAPSHOTS.put(history.table().name(), project.snapshots(history.table().silver()));
    }
    // In files behind the others of their folder, as a copy further up would count.
    for (RandomHistory history : histories) {
      history.changes().stream()
          .sorted(Comparator.comparingInt(TestChange::position))
          .forEach(change -> deliveries.add("run-once-more", history.table(), change));
    }
    deliveries.run();
  }

  /** Spreads the changes, some of them twice, over one or more of the runs. */
  private static void deliver(
      RandomHistory history, Random random, Deliveries deliveries, List<List<Runnable>> runs) {
    int batches = 1 + random.nextInt(RUNS);
    for (TestChange change : history.changes()) {
      for (int copies = random.nextInt(4) == 0 ? 2 : 1; copies > 0; copies--) {
        int run = random.nextInt(batches);
        runs.get(run).add(() -> deliveries.add("run-" + run, history.table(), change));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> theRowsAreThoseOfTheSortedChanges() {
    return tests(
        history ->
            assertThat(
                history.table() + " of " + history.changes(),
                ROWS.get(history.table().name()),
                is(HistoryOracle.rows(history.table(), history.changes()))));
  }

  @TestFactory
  Stream<DynamicTest> redeliveryMakesNoSnapshot() {
    return tests(
        history -> {
          String name = history.table().name();
          String reason = history.table() + " of " + history.changes();
          assertThat(reason, history.table().rows(project), is(ROWS.get(name)));
          assertThat(reason, project.snapshots(history.table().silver()), is(SNAPSHOTS.get(name)));
        });
  }

  private static Stream<DynamicTest> tests(Consumer<RandomHistory> test) {
    return histories.stream()
        .map(
            history ->
                DynamicTest.dynamicTest(
                    history.table().name() + " of seed " + SEED, () -> test.accept(history)));
  }
}
