package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.postgres.DatabaseRows;
import org.beamlakehouse.testing.servers.DebeziumConnector;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.PostgresServer;
import org.beamlakehouse.testing.servers.SchemaRegistryServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Debezium's Avro converter writes, its schemas being in a real registry, comes to silver as
 * PostgreSQL has it: each type, nulls, values that updates do not send, deletes, changed keys, and
 * a column that is added on the way.
 */
class AvroFromDebeziumIT {
  @Order(1)
  @RegisterExtension
  static final KafkaBroker KAFKA = KafkaBroker.create();

  @Order(2)
  @RegisterExtension
  static final PostgresServer POSTGRES = PostgresServer.create();

  @Order(3)
  @RegisterExtension
  static final SchemaRegistryServer REGISTRY = SchemaRegistryServer.create();

  private static final String COLUMNS =
      """
      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: name, logicalType: string, required: true}
      - {name: price, logicalType: number, physicalType: 'decimal(10,2)'}
      - {name: weight, logicalType: number, physicalType: 'decimal(20,6)'}
      - {name: active, logicalType: boolean}
      - {name: shelf, logicalType: integer, physicalType: int}
      - {name: ratio, logicalType: number, physicalType: float}
      - {name: score, logicalType: number, physicalType: double}
      - {name: made, logicalType: date}
      - {name: opens, logicalType: time}
      - {name: planned, logicalType: timestamp, physicalType: timestamp}
      - {name: planned_ms, logicalType: timestamp, physicalType: timestamp}
      - {name: seen, logicalType: timestamp, physicalType: timestamptz}
      - {name: tags, logicalType: string}
      - {name: labels, logicalType: array, physicalType: list<string>, items: {logicalType: string}}
      - {name: code, logicalType: string, physicalType: uuid}
      - {name: raw, logicalType: string, physicalType: binary}
      - {name: note, logicalType: string}
      - {name: counts, logicalType: array, physicalType: list<int>, items: {logicalType: integer, physicalType: int}}
      - {name: size, logicalType: integer, physicalType: int}
      """;

  private static final String TABLE =
      """
      CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, price numeric(10, 2), weight numeric,
        active boolean, shelf smallint, ratio real, score double precision, made date, opens time,
        planned timestamp, planned_ms timestamp(3), seen timestamptz, tags jsonb, labels text[], code uuid,
        raw bytea, note text, counts int[])\
      """;

  private static final String INSERT =
      """
      INSERT INTO items VALUES
        (%1$d, 'whole', 12345678.99, 0.000001, true, 7, 0.1, 1e-300, '2026-02-28', '23:59:59.999999',
          '2026-02-28 23:59:59.123456', '2026-02-28 23:59:59.123', '2026-02-28 23:59:59.123456+05:30',
          jsonb_build_object('a', repeat('j', 9000), 'b', NULL), ARRAY[repeat('l', 9000), 'y z'],
          '00000000-0000-0000-0000-0000000000ff', decode(repeat('00ff10', 3000), 'hex'), repeat('n', 9000),
          (SELECT array_agg(i) FROM generate_series(1, 3000) i)),
        (%1$d + 1, 'small', -0.01, -98765432109.5, false, -1, -2.5, 1e300, '0001-01-01', '00:00:00',
          '1900-01-01 00:00:00', '1969-12-31 23:59:59.999', '1969-12-31 23:59:59.999999Z', '"é"', '{}',
          'ffffffff-ffff-ffff-ffff-ffffffffffff', '', '', '{-1}')\
      """;

  // In the classes that Iceberg has for these: the last of equal names counts.
  private static final String AS_ICEBERG =
      """
      SELECT *, weight::numeric(20, 6) AS weight, shelf::int AS shelf, tags::text AS tags,
        '[' || array_to_string(labels, ', ') || ']' AS labels,
        '[' || array_to_string(counts, ', ') || ']' AS counts\
      """;

  private static final String WITHOUT_SIZE = AS_ICEBERG + ", NULL::int AS size FROM items";

  @TempDir Path folder;

  @Test
  void silverSaysWhatTheDatabaseSays() throws Exception {
    POSTGRES.execute(
        TABLE,
        // Out of line, and not compressed to where it would fit again.
        "ALTER TABLE items "
            + Stream.of("tags", "labels", "raw", "note", "counts")
                .map(column -> "ALTER COLUMN " + column + " SET STORAGE EXTERNAL")
                .collect(Collectors.joining(", ")));
    insert(1);
    try (DebeziumConnector debezium =
        DebeziumConnector.between(POSTGRES, KAFKA, "shop").withAvro(REGISTRY::url)) {
      debezium.start();
      String topic = debezium.topic("public", "items");
      TestProject project =
          TestProject.create(folder)
              .kafkaSource(
                  "shop_cdc",
                  "debezium-avro",
                  KAFKA.bootstrapServers(),
                  "topics: [" + topic + "]",
                  "schemaRegistry: " + REGISTRY.url())
              .contract(
                  "items",
                  Contracts.of(
                      "items",
                      "shop_cdc",
                      "- {property: sourceTable, value: public.items}\n"
                          + "- {property: deletes, value: hard}",
                      "",
                      COLUMNS));
      KAFKA.topics().await(topic, "nulls");
      project.run().done();
      assertSame(project, WITHOUT_SIZE);

      insert(11);
      // Does not send what is long.
      POSTGRES.execute("UPDATE items SET price = price + 1, seen = now() WHERE name = 'whole'");
      POSTGRES.execute("UPDATE items SET note = 'short', raw = NULL WHERE id = 1");
      POSTGRES.execute("DELETE FROM items WHERE id IN (2, 12)");
      POSTGRES.execute("UPDATE items SET id = 30 WHERE id = 3");
      POSTGRES.execute("INSERT INTO items (id, name) VALUES (40, 'before')");
      KAFKA.topics().await(topic, "before");
      KAFKA.topics().await(topic, "__debezium_unavailable_value");
      project.run().done();
      assertSame(project, WITHOUT_SIZE);
      List<String> schemas = schemas(project);
      assertThat("schemas of values", schemas, hasSize(1));

      POSTGRES.execute("ALTER TABLE items ADD COLUMN size int");
      POSTGRES.execute("UPDATE items SET price = 0, size = 3 WHERE id = 11");
      POSTGRES.execute("UPDATE items SET name = 'renamed' WHERE id = 30");
      POSTGRES.execute("INSERT INTO items (id, name, size) VALUES (50, 'after', -5)");
      KAFKA.topics().await(topic, "after");
      project.run().done();
      assertSame(project, AS_ICEBERG + " FROM items");
      assertThat("schemas of values", schemas(project), hasSize(2));
      assertThat("the first schema", schemas(project).get(0), is(schemas.get(0)));
      assertThat(project.exists("bronze.shop_cdc__dead_letter"), is(false));
      assertThat(project.exists("silver.items__quarantine"), is(false));

      List<String> before = TableContents.of(project, "silver.items");
      project.run("--full-refresh").done();
      TableContents.assertSame("rebuilt", TableContents.of(project, "silver.items"), before);
    }
  }

  /** Three rows with ids from one on; the last has nothing but nulls. */
  private static void insert(int id) {
    POSTGRES.execute(
        INSERT.formatted(id), "INSERT INTO items (id, name) VALUES (" + (id + 2) + ", 'nulls')");
  }

  private static void assertSame(TestProject project, String query) throws SQLException {
    List<Map<String, Object>> expected = DatabaseRows.of(POSTGRES.url(), query);
    String[] columns = expected.get(0).keySet().toArray(new String[0]);
    TableContents.assertSame(
        "silver.items",
        TableContents.sorted(project.rows("silver.items", columns), Set.of()),
        TableContents.sorted(expected, Set.of()));
  }

  /** The ids of the schemas of bronze's values, those first that came first. */
  private static List<String> schemas(TestProject project) {
    return project.rows("bronze.shop_cdc", "source_offset", "schema_version").stream()
        .filter(row -> row.get("schema_version") != null)
        .sorted(Comparator.comparing(row -> (Long) row.get("source_offset")))
        .map(row -> (String) row.get("schema_version"))
        .distinct()
        .toList();
  }
}
