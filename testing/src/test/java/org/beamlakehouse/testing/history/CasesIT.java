package org.beamlakehouse.testing.history;

import java.util.Map;

/** The worked cases on tables as they are by default: deletion vectors, buckets of the key. */
class CasesIT extends CaseSuite {
  @Override
  Map<String, String> settings(TestTable table) {
    return Map.of();
  }
}
