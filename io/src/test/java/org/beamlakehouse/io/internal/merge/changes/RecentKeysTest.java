package org.beamlakehouse.io.internal.merge.changes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.beamlakehouse.io.merge.HistoryAndEventsMergeTest;
import org.beamlakehouse.io.merge.LatestMergeTest;
import org.beamlakehouse.io.merge.TestTables;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Combining changes before they are shipped. */
class RecentKeysTest {
  private static final Path NOWHERE = Path.of("nowhere");

  @Test
  void aHotKeyAmongOthersIsShippedInAFewChanges() {
    TestTables table = new TestTables(NOWHERE, LatestMergeTest.orders().build());
    List<Change> sent = new ArrayList<>();
    for (long i = 0; i < 20_000; i++) {
      sent.add(table.upsert(i, i % 2 == 0 ? -1 : i, "s" + i, null));
    }

    List<Change> shipped = combine(table, sent);

    assertThat(
        shipped.stream().filter(change -> change.values()[0].equals(-1L)).toList().size(),
        lessThan(200));
    assertThat(
        shipped.stream().filter(change -> !change.values()[0].equals(-1L)).toList(),
        hasSize(10_000));
    assertThat(table.expected(shipped), equalTo(table.expected(sent)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsLeftGivesTheSameRows(boolean history) {
    TableDefinition definition =
        (history ? HistoryAndEventsMergeTest.customers() : LatestMergeTest.orders()).build();
    TestTables table = new TestTables(NOWHERE, definition);
    Random random = new Random(5);
    List<Change> sent = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      long id = random.nextInt(random.nextBoolean() ? 3 : 600);
      long sequence = 1 + random.nextInt(400);
      sent.add(
          random.nextInt(5) == 0
              ? table.delete(sequence, id)
              : table.upsert(sequence, id, "v" + sequence % 7, null));
    }
    Collections.shuffle(sent, random);

    List<Change> shipped = combine(table, sent);

    assertThat(shipped.size(), lessThan(sent.size()));
    assertThat(table.expected(shipped), equalTo(table.expected(sent)));
  }

  private static List<Change> combine(TestTables table, List<Change> changes) {
    List<Change> shipped = new ArrayList<>();
    RecentKeys recent =
        new RecentKeys(
            MergeRules.of(table.definition()), table.definition().keyIndexes(), shipped::add);
    changes.forEach(recent::add);
    recent.flush();
    return shipped;
  }
}
