package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.DebeziumConnector;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.PostgresServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What PostgreSQL, Debezium and Kafka do beside the plain stream of changes: snapshots on the way,
 * a cluster that is replaced by another, topics that are compacted. The tables say what the
 * database says all the same.
 */
class CapturedPostgresIT {
  private static final String INCREMENTAL =
      "INSERT INTO debezium_signal VALUES ('%1$s', 'execute-snapshot',"
          + " '{\"type\": \"incremental\", \"data-collections\": [\"public.%1$s\"]}')";

  @Order(1)
  @RegisterExtension
  static final KafkaBroker KAFKA =
      KafkaBroker.create().withProperty("log.cleaner.backoff.ms", "100");

  @Order(2)
  @RegisterExtension
  static final PostgresServer POSTGRES = PostgresServer.create();

  @Order(3)
  @RegisterExtension
  static final BeforeAllCallback TABLES =
      context -> {
        POSTGRES.execute("CREATE TABLE debezium_signal (id text, type text, data text)");
        ValueTables.create(POSTGRES, "items", "beds", "pots", "kept", "flat_kept");
        POSTGRES.execute("INSERT INTO beds VALUES (1, 1), (2, 1)");
        POSTGRES.publish("shop", "debezium_signal", "items", "beds", "pots", "kept", "flat_kept");
        Map<String, String> compacted =
            Map.of(
                "cleanup.policy", "compact",
                "segment.ms", "100",
                "min.cleanable.dirty.ratio", "0.001");
        KAFKA.topics().create("shop.public.kept", 1, compacted);
        KAFKA.topics().create("shop.public.flat_kept", 1, compacted);
      };

  @Order(4)
  @RegisterExtension
  static final DebeziumConnector DEBEZIUM =
      DebeziumConnector.between(POSTGRES, KAFKA, "shop")
          .withProperty("signal.data.collection", "public.debezium_signal")
          .withProperty("transforms", "flat")
          .withProperty("transforms.flat.type", "io.debezium.transforms.ExtractNewRecordState")
          .withProperty("transforms.flat.add.fields", "op,table,lsn,source.ts_ms,source.sequence")
          .withProperty("transforms.flat.predicate", "isFlat")
          .withProperty("predicates", "isFlat")
          .withProperty(
              "predicates.isFlat.type",
              "org.apache.kafka.connect.transforms.predicates.TopicNameMatches")
          .withProperty("predicates.isFlat.pattern", ".*flat.*");

  @TempDir Path folder;

  @Test
  void anIncrementalSnapshotBringsWhatWasLost() throws Exception {
    TestProject project = project("items");
    POSTGRES.execute("INSERT INTO items VALUES (1, 1), (2, 1), (3, 1), (4, 1)");
    POSTGRES.execute("UPDATE items SET val = 2 WHERE id = 1");
    POSTGRES.execute("DELETE FROM items WHERE id IN (2, 4)");
    await("items", "{\"id\":4,\"val\":null}");
    project.run().done();
    ValueTables.assertSame(project, POSTGRES, "items");

    POSTGRES.execute("ALTER PUBLICATION shop DROP TABLE items");
    POSTGRES.execute(
        "UPDATE items SET val = 9 WHERE id = 1",
        "INSERT INTO items VALUES (2, 5), (5, 1)",
        "UPDATE items SET val = 7 WHERE id = 3");
    POSTGRES.execute("ALTER PUBLICATION shop ADD TABLE items");
    POSTGRES.execute("UPDATE items SET val = 8 WHERE id = 3");
    await("items", "\"val\":8}");
    project.run().done();
    assertThat(
        "what was lost",
        ValueTables.versions(project, "items"),
        is(Map.of(1L, "1 2", 2L, "1 |", 3L, "1 8", 4L, "1 |")));
    try (Connection late = POSTGRES.connect()) {
      late.setAutoCommit(false);
      late.createStatement().execute("UPDATE items SET val = 6 WHERE id = 2");
      POSTGRES.execute(INCREMENTAL.formatted("items"));
      List<String> reads =
          reads(KAFKA.topics().await(topic("items"), all -> reads(all).size() == 4));
      assertThat(
          reads.get(0),
          allOf(containsString("\"lsn\":null"), containsString("\"snapshot\":\"incremental\"")));
      project.run().done();
      ValueTables.assertSame(project, POSTGRES, "items");
      // What the snapshot could not see, though its places lie below those of the snapshot.
      late.commit();
    }

    POSTGRES.execute("UPDATE items SET val = 10 WHERE id = 1");
    POSTGRES.execute("DELETE FROM items WHERE id = 3");
    POSTGRES.execute("INSERT INTO items VALUES (4, 11)");
    await("items", "\"val\":11}");
    project.run().done();
    ValueTables.assertSame(project, POSTGRES, "items");
    Map<Long, String> versions =
        Map.of(1L, "1 2 9 10", 2L, "1 | 5 6", 3L, "1 8 |", 4L, "1 | 11", 5L, "1");
    assertThat(ValueTables.versions(project, "items"), is(versions));
    ValueTables.assertRebuiltAlike(project, "items");
  }

  private static List<String> reads(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(CapturedPostgresIT::value)
        .filter(value -> value.contains("\"op\":\"r\""))
        .toList();
  }

  @Test
  void aRestoredClusterIsANewLog() throws Exception {
    TestProject project = project("beds", "pots");
    // Not below the half of it, which a long transaction could explain.
    POSTGRES.rows("SELECT pg_switch_wal()");
    POSTGRES.execute("UPDATE beds SET val = 2 WHERE id = 1");
    POSTGRES.execute("INSERT INTO pots VALUES (1, 1), (2, 1), (3, 1)");
    await("beds", "\"val\":2}");
    await("pots", "\"id\":3");
    project.run().done();
    ValueTables.assertSame(project, POSTGRES, "beds", "pots");
    long beds = end("beds");
    long pots = end("pots");

    try (PostgresServer restored = PostgresServer.create()) {
      restored.start();
      ValueTables.create(restored, "beds", "pots");
      restored.execute(
          "INSERT INTO beds VALUES (1, 2), (2, 5)",
          "INSERT INTO pots VALUES (1, 1), (2, 1), (3, 1)");
      try (DebeziumConnector debezium =
          DebeziumConnector.between(restored, KAFKA, "shop")
              .withProperty("snapshot.mode", "always")
              .withProperty("snapshot.include.collection.list", "public.beds")) {
        debezium.start();
        restored.execute("UPDATE beds SET val = 3 WHERE id = 1");
        restored.execute("UPDATE pots SET val = 3 WHERE id = 1");
        restored.execute("DELETE FROM pots WHERE id = 2");
        await("beds", "\"val\":3}");
        await("pots", "{\"id\":2,\"val\":null}");
        CommandResult halted = project.run();
        assertThat(halted.out() + halted.err(), halted.exitCode(), is(3));
        assertThat(
            halted.err(),
            allOf(
                containsString("Cannot publish silver.beds:"),
                containsString("Cannot publish silver.beds_history:"),
                containsString("begins anew at " + topic("beds") + "/0@" + beds),
                containsString("Cannot publish silver.pots:"),
                containsString("begins anew at " + topic("pots") + "/0@" + pots)));
        ValueTables.assertSame(project, POSTGRES, "beds", "pots");

        project.run("--newLog=beds,pots").done();
        ValueTables.assertSame(project, restored, "beds", "pots");

        // Another snapshot, behind changes that were not read: only what is committed after it is.
        debezium.kill();
        restored.execute("UPDATE beds SET val = 4 WHERE id = 1");
        restored.execute("UPDATE beds SET val = 5 WHERE id = 1", "INSERT INTO beds VALUES (3, 1)");
        try (Connection late = restored.connect()) {
          late.setAutoCommit(false);
          late.createStatement().execute("UPDATE beds SET val = 6 WHERE id = 2");
          debezium.restart();
          restored.execute("UPDATE beds SET val = 2 WHERE id = 3");
          late.commit();
        }
        restored.execute("DELETE FROM pots WHERE id = 3");
        await("beds", "\"val\":6}");
        await("pots", "{\"id\":3,\"val\":null}");
        project.run().done();
        ValueTables.assertSame(project, restored, "beds", "pots");
        assertThat(
            ValueTables.versions(project, "beds"),
            is(Map.of(1L, "1 2 3 5", 2L, "1 5 6", 3L, "1 2")));
        ValueTables.assertRebuiltAlike(project, "beds", "pots");

        // The first transaction behind a snapshot does not say that it is: what it hides is told.
        debezium.kill();
        try (Connection late = restored.connect()) {
          late.setAutoCommit(false);
          late.createStatement().execute("UPDATE beds SET val = 7 WHERE id = 2");
          restored.rows("SELECT pg_switch_wal()");
          debezium.restart();
          late.commit();
        }
        await("beds", "\"val\":7}");
        long hidden = end("beds") - 1;
        CommandResult told = project.run().done();
        assertThat(
            told.err(),
            allOf(
                containsString("A snapshot was read while a transaction of the log"),
                containsString("its changes from " + topic("beds") + "/0@" + hidden)));
      }
    }
  }

  @Test
  void compactionLeavesOnlyTombstones() throws Exception {
    TestProject project = project("kept", "flat_kept");
    for (String table : List.of("kept", "flat_kept")) {
      POSTGRES.execute("INSERT INTO " + table + " VALUES (1, 0), (2, 1), (3, 1), (4, 1)");
      await(table, "{\"id\":4}");
    }
    project.run().done();
    ValueTables.assertSame(project, POSTGRES, "kept", "flat_kept");

    for (String table : List.of("kept", "flat_kept")) {
      POSTGRES.execute("DELETE FROM " + table + " WHERE id IN (2, 3)");
      POSTGRES.execute("INSERT INTO " + table + " VALUES (3, 3), (5, 1)");
      POSTGRES.execute("DELETE FROM " + table + " WHERE id = 5");
    }
    for (String table : List.of("kept", "flat_kept")) {
      // Only what is no longer written to is compacted.
      KAFKA
          .topics()
          .await(
              topic(table),
              records -> {
                POSTGRES.execute("UPDATE " + table + " SET val = val + 1 WHERE id = 1");
                return keyed(records, 2).equals(List.of("null"))
                    && keyed(records, 5).equals(List.of("null"))
                    && keyed(records, 3).size() == 1;
              });
      POSTGRES.execute("UPDATE " + table + " SET val = 7 WHERE id = 4");
      await(table, "\"val\":7");
    }
    project.run().done();
    ValueTables.assertSame(project, POSTGRES, "kept", "flat_kept");

    for (String table : List.of("kept", "flat_kept")) {
      POSTGRES.execute("DELETE FROM " + table + " WHERE id = 1");
      POSTGRES.execute("INSERT INTO " + table + " VALUES (2, 8), (5, 9)");
      await(table, "\"val\":9");
    }
    project.run().done();
    ValueTables.assertSame(project, POSTGRES, "kept", "flat_kept");
    ValueTables.assertRebuiltAlike(project, "kept", "flat_kept");
  }

  /** The values of the records of a key. */
  private static List<String> keyed(List<ConsumerRecord<byte[], byte[]>> records, int id) {
    String key = "{\"id\":" + id + "}";
    return records.stream()
        .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(key))
        .map(CapturedPostgresIT::value)
        .toList();
  }

  /** A value's text; Kafka Connect writes some nulls as such. */
  private static String value(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? "null" : new String(record.value(), StandardCharsets.UTF_8);
  }

  private TestProject project(String... tables) {
    TestProject project = TestProject.create(folder);
    Stream.of(tables)
        .forEach(table -> ValueTables.add(project, table, KAFKA.bootstrapServers(), topic(table)));
    return project;
  }

  private static void await(String table, String text) {
    KAFKA.topics().await(topic(table), text);
  }

  private static long end(String table) {
    return KAFKA.topics().endOffset(new TopicPartition(topic(table), 0));
  }

  private static String topic(String table) {
    return DEBEZIUM.topic("public", table);
  }
}
