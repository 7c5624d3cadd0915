package org.beamlakehouse.testing.history;

import java.util.Map;

/** The worked cases on tables of format version 2 that are copied on write. */
class CasesOfCopiedFilesIT extends CaseSuite {
  @Override
  Map<String, String> settings(TestTable table) {
    return Map.of("tableProperties", "{format-version: '2', write.merge.mode: copy-on-write}");
  }
}
