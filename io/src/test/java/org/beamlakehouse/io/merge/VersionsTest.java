package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.merge.StoredRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 500})
  void versionsAreFoundByTheirBegin(int count) {
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(version(i));
    }
    Collections.reverse(rows);
    Versions versions = Versions.of(rows);
    for (int i = 0; i < count; i++) {
      assertThat(versions.find(version(i)), is(count - 1 - i));
    }
    assertThat(versions.find(version(count)), is(-1));
  }

  @Test
  void rowsOfTablesWithoutVersionsAreTheSameOne() {
    StoredRow row = StoredRow.live(new Object[1], Sequence.of(1));
    StoredRow later = StoredRow.live(new Object[1], Sequence.of(2));
    assertThat(Versions.of(List.of(row)).find(later), is(0));
  }

  private static StoredRow version(long from) {
    return StoredRow.version(new Object[1], Sequence.of(from), from, null);
  }
}
