package org.beamlakehouse.testing.upgrade;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warehouse that an earlier version made is read on without loss: with what came later it is the
 * same, table by table, as one that this version made of everything at once.
 *
 * <p>It cannot prove that for histories that the earlier version was never given: see {@link
 * OldProject} for what it was.
 */
class OldWarehouseIT {
  /** The project's folder, as the archive tells it. */
  static final String PLACE = "/old/project";

  /** Beginning of the topic's id, as the archive tells it. */
  static final String TOPIC_ID = "AAAAAA";

  private static final String ARCHIVE = "warehouse-0.1.zip";

  /** Where the versions may differ: what is remembered, how a mistake is told. */
  private static final Set<String> OF_THE_VERSION = Set.of("error");

  private static final Set<String> OF_A_PLACE =
      Set.of("source_file", "source_position", "source_partition", "source_offset");

  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @TempDir Path folder;

  @Test
  void isReadOnWithoutLoss() throws IOException, SQLException {
    KafkaTopics topics = KAFKA.topics();
    topics.create(OldProject.TOPIC, OldProject.PARTITIONS);
    OldProject old = OldProject.define(folder.resolve("old"), KAFKA.bootstrapServers());
    OldProject fresh = OldProject.define(folder.resolve("new"), KAFKA.bootstrapServers());
    unpack(old.project(), topics);
    for (int step = 0; step < OldProject.STEPS; step++) {
      old.deliverFiles(step);
      fresh.deliverFiles(step);
      OldProject.send(topics, step);
    }
    assertIsWhatItIsSaidToBe(old.project());

    old.project().run().done();
    fresh.project().run().done();

    for (String table : tables(fresh.project())) {
      TableContents.assertSame(
          table, contents(old.project(), table), contents(fresh.project(), table));
    }
    assertNothingIsThereTwice(old.project());
    assertThat(
        "all files, those of the earlier version among them",
        old.project().rows("bronze.shop__files", "source_file").size(),
        is(OldProject.STEPS));
    assertThat(old.project().run().done().out(), containsString("Nothing to do"));
  }

  private static void unpack(TestProject project, KafkaTopics topics)
      throws IOException, SQLException {
    Map<String, String> replacements = new TreeMap<>();
    replacements.put(PLACE, project.folder().toString());
    replacements.put(OldProject.TOPIC + "#" + TOPIC_ID, OldProject.TOPIC + "#" + topicId(topics));
    try (InputStream archive = OldWarehouseIT.class.getResourceAsStream(ARCHIVE)) {
      WarehouseArchive.unpack(archive, project.folder().resolve("warehouse"), replacements);
    }
  }

  static String topicId(KafkaTopics topics) {
    return topics.id(OldProject.TOPIC).substring(0, TOPIC_ID.length());
  }

  /** The archive has what makes this test hard. */
  private static void assertIsWhatItIsSaidToBe(TestProject old) {
    assertThat(
        tables(old),
        hasItems(
            "bronze.shop__dead_letter",
            "silver.customers__quarantine",
            "silver.accounts__ledger",
            "silver.tiers__ledger",
            "gold.clicks_by_day"));
    // Progress for which there was no snapshot to carry it.
    assertThat(old.table("silver.accounts").properties().containsKey(Progress.KEY), is(true));
    assertThat(
        old.table("bronze.shop").currentSnapshot().summary().containsKey("beam-lakehouse.files"),
        is(true));
  }

  private static List<String> tables(TestProject project) {
    List<String> tables = new ArrayList<>();
    var catalog = Catalogs.open(project.catalog());
    for (Namespace namespace : ((SupportsNamespaces) catalog).listNamespaces()) {
      if (!namespace.toString().equals("ops")) {
        catalog.listTables(namespace).stream().map(TableIdentifier::toString).forEach(tables::add);
      }
    }
    return tables.stream().sorted().toList();
  }

  private static List<String> contents(TestProject project, String table) {
    if (table.endsWith("__ledger") || table.endsWith("__files")) {
      return List.of();
    }
    Set<String> without = new HashSet<>(TableContents.OF_THE_RUN);
    without.addAll(OF_THE_VERSION);
    return TableContents.sorted(project.rows(table), without);
  }

  private static void assertNothingIsThereTwice(TestProject project) {
    for (String table : tables(project)) {
      if (table.startsWith("bronze.") && !table.contains("__")) {
        List<Map<String, Object>> rows = project.rows(table, OF_A_PLACE.toArray(new String[0]));
        assertThat(table, new HashSet<>(rows).size(), is(rows.size()));
      }
    }
  }
}
