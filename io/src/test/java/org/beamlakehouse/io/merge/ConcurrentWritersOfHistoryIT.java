package org.beamlakehouse.io.merge;

import org.beamlakehouse.transforms.table.StorageType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link ConcurrentWriters} on tables of histories. */
class ConcurrentWritersOfHistoryIT extends ConcurrentWriters {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"bucket(4, id) | copy-on-write | 3", "note          | merge-on-read | 2"})
  public void noChangeIsLostOrDoubled(String partitionBy, String mode, int formatVersion)
      throws Exception {
    noChangeIsLostOrDoubled(StorageType.HISTORY, partitionBy, mode, formatVersion);
  }
}
