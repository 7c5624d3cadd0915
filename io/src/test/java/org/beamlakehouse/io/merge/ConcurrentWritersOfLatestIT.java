package org.beamlakehouse.io.merge;

import org.beamlakehouse.transforms.table.StorageType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link ConcurrentWriters} on tables of the latest rows. */
class ConcurrentWritersOfLatestIT extends ConcurrentWriters {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"bucket(4, id) | merge-on-read | 3", "note          | copy-on-write | 2"})
  public void noChangeIsLostOrDoubled(String partitionBy, String mode, int formatVersion)
      throws Exception {
    noChangeIsLostOrDoubled(StorageType.LATEST, partitionBy, mode, formatVersion);
  }
}
