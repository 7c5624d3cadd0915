package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.sameInstance;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key with very many versions. */
class HotKeyTest {
  private static final int VERSIONS = 5_000;

  private final TableDefinition table = Tables.table(StorageType.HISTORY, List.of("v")).build();
  private final Notation notation = new Notation(table);
  private final MergeRule rule = MergeRules.of(table);

  @ParameterizedTest(name = "newest first: {0}")
  @ValueSource(booleans = {true, false})
  void eachStoredVersionIsLookedAtAFewTimesOnly(boolean newestFirst) {
    List<StoredRow> rows =
        new ArrayList<>(rule.merge(List.of(), List.of(), upserts(VERSIONS, 10)).rows());
    if (newestFirst) {
      Collections.reverse(rows);
    }
    Counted stored = new Counted(rows);
    List<Change> later = upserts(VERSIONS, 10 * VERSIONS + 10);
    MergeRule.Result result = rule.merge(stored, List.of(), later);

    assertThat(result.rows(), hasSize(2 * VERSIONS));
    assertThat(result.rows().get(7), sameInstance(rows.get(newestFirst ? VERSIONS - 8 : 7)));
    assertThat(stored.looks, lessThan(10 * VERSIONS));
  }

  /** Changes ten apart, each of which opens a version. */
  private List<Change> upserts(int count, int from) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = from + 10 * i;
      changes.add(notation.change("U(v" + at + ")@" + at));
    }
    return changes;
  }

  /** Counts how often its elements are looked at. */
  private static final class Counted extends AbstractList<StoredRow> {
    private final List<StoredRow> rows;
    private int looks;

    Counted(List<StoredRow> rows) {
      this.rows = rows;
    }

    @Override
    public StoredRow get(int index) {
      looks++;
      return rows.get(index);
    }

    @Override
    public int size() {
      return rows.size();
    }
  }
}
