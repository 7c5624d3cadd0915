package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code onUnknownFields: evolve} through {@code lakehouse run}: the same records in one run and in
 * three, for each way to keep rows, and records with a connector's schema.
 */
class EvolveIT {
  private static final List<List<String>> BATCHES =
      List.of(
          List.of(
              "{\"id\":1,\"seq\":1,\"name\":\"a\"}",
              "{\"id\":2,\"seq\":1,\"name\":\"b\",\"coupon\":null}"),
          List.of(
              "{\"id\":1,\"seq\":2,\"name\":\"a\",\"coupon\":\"x\",\"price\":5}",
              "{\"id\":3,\"seq\":2,\"name\":\"c\",\"price\":1.5,\"meta\":{\"k\":1}}",
              "{\"id\":5,\"seq\":2,\"name\":\"e\",\"_own\":1,\"is_deleted\":true,\"a b\":2}"),
          List.of(
              "{\"id\":2,\"seq\":3,\"name\":\"b\",\"flag\":true}",
              "{\"id\":4,\"seq\":3,\"name\":\"d\",\"coupon\":7}"));

  private static final String WITH_SCHEMA =
      """
      {"schema":{"type":"struct","fields":[{"field":"after","type":"struct","optional":true,"fields":\
      [{"field":"id","type":"int64"},{"field":"born","type":"int32","name":"io.debezium.time.Date"},\
      {"field":"nick","type":"string"},{"field":"photo","type":"bytes"}]}]},"payload":{"before":null,\
      "after":{"id":1,"born":19000,"nick":"n","photo":"AQID"},"op":"c","source":{"connector":"postgresql","schema":"public","table":"people",\
      "lsn":1,"ts_ms":5000},"ts_ms":5001}}\
      """;

  @TempDir static Path folder;

  private static TestProject project;

  @BeforeAll
  static void run() {
    project = TestProject.create(folder);
    for (String source : List.of("once", "many")) {
      project
          .source(source, "json", "data/" + source + "/*.jsonl")
          .file("data/" + source + "/nothing.jsonl", "");
      for (int type = 0; type <= 2; type++) {
        String table = source + type;
        project.contract(table, contract(table, source, type));
      }
    }
    project
        .source("cdc", "debezium-json", "data/cdc/*.jsonl")
        .contract(
            "people",
            Contracts.of(
                "people",
                "cdc",
                "- {property: onUnknownFields, value: evolve}",
                "",
                "- {name: id, logicalType: integer, primaryKey: true}"))
        .lines("data/cdc/a.jsonl", List.of(WITH_SCHEMA));
    for (int run = 0; run < BATCHES.size(); run++) {
      if (run == 2) {
        // As if a run had been killed behind its first change of a table.
        for (int type = 0; type <= 2; type++) {
          project
              .table("silver.many" + type)
              .updateSchema()
              .addColumn("flag", Types.BooleanType.get())
              .commit();
        }
        project.lines("data/once/all.jsonl", BATCHES.stream().flatMap(List::stream).toList());
      }
      project.lines("data/many/" + run + ".jsonl", BATCHES.get(run));
      project.run().done();
    }
  }

  private static String contract(String table, String source, int type) {
    return Contracts.of(
        table,
        source,
        """
        - {property: onUnknownFields, value: evolve}
        - {property: storedAsScdType, value: %d}
        - {property: sequenceBy, value: seq}
        """
            .formatted(type),
        "",
        """
        - {name: id, logicalType: integer, primaryKey: true}
        - {name: name, logicalType: string}
        """);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void oneRunAndManyGiveTheSameRows(int type) {
    TableContents.assertSame(
        "silver.many" + type,
        TableContents.sorted(
            project.rows("silver.many" + type), Set.of("ingested_at", "_sequence")),
        TableContents.sorted(
            project.rows("silver.once" + type), Set.of("ingested_at", "_sequence")));
  }

  @Test
  void unknownFieldsBecomeColumnsBehindTheContracts() {
    assertThat(
        columns("silver.once1").subList(0, 6),
        is(
            List.of(
                "id long",
                "name string",
                "coupon string",
                "flag boolean",
                "price double",
                "is_deleted boolean")));
    assertThat(
        show("silver.once1", "id", "name", "coupon", "flag", "price", "_rescued_data"),
        containsInAnyOrder(
            "1 a x null 5.0 null",
            "2 b null true null null",
            "3 c null null 1.5 {\"meta\":{\"k\":1}}",
            "5 e null null null {\"_own\":1,\"is_deleted\":true,\"a b\":2}"));
  }

  @Test
  void aGainedColumnOpensNoVersions() {
    assertThat(
        show("silver.many2", "id", "coupon", "price", "flag", "valid_from", "valid_to"),
        containsInAnyOrder(
            "1 x 5.0 null 1 null",
            "2 null null true 1 null",
            "3 null 1.5 null 2 null",
            "5 null null null 2 null"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"once", "many"})
  void aValueThatDoesNotFitItsColumnIsQuarantined(String source) {
    assertThat(
        show("silver." + source + "1__quarantine", "failed_rules"),
        containsInAnyOrder("type:coupon"));
  }

  @Test
  void whatTheConnectorSaysToBeSomethingElseStaysRescued() {
    assertThat(
        show("silver.people", "id", "born", "nick", "_rescued_data"),
        containsInAnyOrder("1 19000 n {\"photo\":\"AQID\"}"));
    assertThat(project.exists("silver.people__quarantine"), is(false));
  }

  @Test
  void bronzeIsLoggedOncePerRun() {
    assertThat(
        project.rows("ops.runs").stream()
            .filter(row -> row.get("table_name").equals("bronze.many"))
            .toList(),
        hasSize(BATCHES.size()));
  }

  @Test
  void thenThereIsNothingToDo() {
    Map<String, Object> before = new TreeMap<>();
    for (String table : List.of("silver.many0", "silver.many1", "silver.many2", "silver.people")) {
      before.put(table, project.snapshots(table) + " " + columns(table));
    }
    assertThat(project.run().done().out(), containsString("Nothing to do"));
    assertThat(project.command("check").done().out(), containsString("is sound"));
    before.forEach(
        (table, was) ->
            assertThat(table, project.snapshots(table) + " " + columns(table), is(was)));
  }

  private static List<String> columns(String table) {
    return project.table(table).schema().columns().stream()
        .map(column -> column.name() + " " + column.type())
        .toList();
  }

  private static List<String> show(String table, String... columns) {
    List<String> rows = new ArrayList<>();
    for (Map<String, Object> row : project.rows(table, columns)) {
      List<String> values = new ArrayList<>();
      List.of(columns).forEach(column -> values.add(String.valueOf(row.get(column))));
      rows.add(String.join(" ", values));
    }
    return rows;
  }

  @Test
  void aBatchThatATablePassesOverBringsItNoColumns(@TempDir Path other) {
    TestProject discarding =
        TestProject.create(other)
            .source("items", "json", "data/*.jsonl")
            .contract(
                "items",
                Contracts.of(
                    "items",
                    "items",
                    "- {property: onUnknownFields, value: evolve}\n"
                        + "- {property: sequenceBy, value: seq}",
                    "- {name: positive, type: custom, engine: beam-lakehouse, implementation: id >"
                        + " 0, customProperties: [{property: action, value: fail}]}",
                    "- {name: id, logicalType: integer, primaryKey: true}"))
            .lines("data/a.jsonl", List.of("{\"id\":-1,\"seq\":1,\"junk\":1}"));
    assertThat(discarding.run().exitCode(), is(3));
    discarding.lines("data/b.jsonl", List.of("{\"id\":1,\"seq\":2,\"good\":1}"));
    discarding.run("--discard=silver.items").done();
    Catalogs.open(discarding.catalog()).dropTable(TableIdentifier.parse("silver.items"));

    discarding.run().done();

    assertThat(discarding.rows("silver.items", "id"), is(List.of(Map.of("id", 1L))));
    assertThat(discarding.table("silver.items").schema().findField("good"), notNullValue());
    assertThat(discarding.table("silver.items").schema().findField("junk"), nullValue());
  }
}
