package org.beamlakehouse.io.merge;

import org.beamlakehouse.transforms.table.StorageType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link ConcurrentWriters} on tables of the latest rows. */
class ConcurrentWritersOfLatestIT extends ConcurrentWriters {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"bucket(4, id) | merge-on-read", "note          | copy-on-write"})
  void noChangeIsLostOrDoubled(String partitionBy, String mode) throws Exception {
    noChangeIsLostOrDoubled(StorageType.LATEST, partitionBy, mode);
  }
}
