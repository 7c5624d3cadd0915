package org.beamlakehouse.testing.history;

import java.util.Map;

/**
 * The worked cases on tables of format version 2 that are merged on read, with several keys in a
 * partition.
 */
class CasesOfPositionDeletesIT extends CaseSuite {
  @Override
  Map<String, String> settings(TestTable table) {
    return Map.of(
        "tableProperties", "{format-version: '2', write.merge.mode: merge-on-read}",
        "partitionBy", "['truncate(2, id)']");
  }
}
