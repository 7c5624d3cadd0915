package org.beamlakehouse.testing.upgrade;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the warehouse of {@link OldWarehouseIT} anew, with the launchable jar of another version;
 * docs/testing.md tells how and when.
 */
@EnabledIfSystemProperty(named = OldWarehouseMakerIT.JAR, matches = ".+")
class OldWarehouseMakerIT {
  static final String JAR = "lakehouse.test.oldJar";

  /** Where to put the archive. */
  static final String TARGET = "lakehouse.test.oldWarehouse";

  @TempDir static Path folder;

  @Test
  void make() throws IOException, InterruptedException, SQLException {
    try (KafkaBroker kafka = KafkaBroker.create()) {
      kafka.start();
      kafka.topics().create(OldProject.TOPIC, OldProject.PARTITIONS);
      OldProject project = OldProject.define(folder, kafka.bootstrapServers());
      for (int step = 0; step < OldProject.OLD_STEPS; step++) {
        project.deliverFiles(step);
        OldProject.send(kafka.topics(), step);
        Process run =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    System.getProperty(JAR),
                    "run",
                    "--project",
                    folder.toString())
                .inheritIO()
                .start();
        assertThat(run.waitFor(), is(0));
      }
      Map<String, String> replacements = new TreeMap<>();
      replacements.put(folder.toString(), OldWarehouseIT.PLACE);
      replacements.put(
          OldProject.TOPIC + "#" + OldWarehouseIT.topicId(kafka.topics()),
          OldProject.TOPIC + "#" + OldWarehouseIT.TOPIC_ID);
      WarehouseArchive.pack(
          folder.resolve("warehouse"), Path.of(System.getProperty(TARGET)), replacements);
    }
  }
}
