package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.beamlakehouse.io.internal.merge.shard.RowVersions;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowVersionsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 500})
  void versionsAreFoundByTheirBegin(int count) {
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(version(i));
    }
    Collections.reverse(rows);
    RowVersions versions = RowVersions.of(rows);
    for (int i = 0; i < count; i++) {
      assertThat(versions.find(version(i)), is(count - 1 - i));
    }
    assertThat(versions.find(version(count)), is(-1));
  }

  @Test
  void eachOfManyIsComparedWithAFew() {
    int count = 5_000;
    List<StoredRow> rows = new ArrayList<>();
    List<StoredRow> others = new ArrayList<>();
    AtomicInteger compared = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      rows.add(version(new Begin(i, compared)));
      others.add(version(new Begin(i, compared)));
    }
    RowVersions versions = RowVersions.of(rows);
    others.forEach(versions::find);

    assertThat(compared.get(), lessThan(10 * count));
  }

  @Test
  void rowsOfTablesWithoutVersionsAreTheSameOne() {
    StoredRow row = StoredRow.live(new Object[1], Sequence.of(1));
    StoredRow later = StoredRow.live(new Object[1], Sequence.of(2));
    assertThat(RowVersions.of(List.of(row)).find(later), is(0));
  }

  private static StoredRow version(Comparable<?> from) {
    return StoredRow.version(new Object[1], Sequence.of(1), from, null);
  }

  /** Counts how often it is asked whether it equals another. */
  private record Begin(int at, AtomicInteger compared) implements Comparable<Begin> {

    @Override
    public int compareTo(Begin other) {
      return Integer.compare(at, other.at);
    }

    @Override
    public boolean equals(Object other) {
      compared.incrementAndGet();
      return other instanceof Begin begin && begin.at == at;
    }

    @Override
    public int hashCode() {
      return at;
    }
  }
}
