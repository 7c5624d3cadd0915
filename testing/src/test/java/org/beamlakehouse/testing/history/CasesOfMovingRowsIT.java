package org.beamlakehouse.testing.history;

import java.util.Map;

/** The worked cases on tables that are copied on write, and whose rows change their partitions. */
class CasesOfMovingRowsIT extends CaseSuite {
  @Override
  Map<String, String> settings(TestTable table) {
    return Map.of(
        "tableProperties",
        "{write.merge.mode: copy-on-write}",
        "partitionBy",
        "[" + table.columns().get(0) + ", 'bucket(2, id)']");
  }
}
