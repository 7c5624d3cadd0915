package org.beamlakehouse.testing.history;

import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The worked cases of histories, in which every message leaves a trace, through one topic. */
class CasesOverKafkaIT extends CaseSuite {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @Override
  void load() {
    load("version-history", 2, "versions");
  }

  @Override
  Map<String, String> settings(TestTable table) {
    return Map.of();
  }

  @Override
  Deliveries deliveries(TestProject project, List<TestTable> tables) {
    return Deliveries.overKafka(project, tables, KAFKA);
  }
}
