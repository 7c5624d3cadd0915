package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The history of one MySQL table as Canal and as Maxwell write it, through {@code lakehouse run}:
 * both give the same rows. Canal's goes on with a truncate, which Maxwell does not write.
 *
 * <p>The messages are written after the connectors' documentation; no connector runs here.
 */
class BinlogConnectorsIT {
  private static final long START = 1_714_557_600;
  private static final List<String> TABLES =
      List.of(
          "silver.canal_items",
          "silver.canal_versions",
          "silver.maxwell_items",
          "silver.maxwell_versions");

  @TempDir static Path folder;

  private static final Map<String, List<String>> ITEMS = new HashMap<>();
  private static final Map<String, List<String>> VERSIONS = new HashMap<>();
  private static final List<Object> DEAD_LETTERS = new ArrayList<>();
  private static TestProject project;

  @BeforeAll
  static void run() {
    project = TestProject.create(folder);
    for (String connector : List.of("canal", "maxwell")) {
      project
          .source(connector, connector + "-json", "data/" + connector + "/*.jsonl")
          .contract(connector, contract(connector));
    }
    project
        .lines(
            "data/canal/a.jsonl",
            List.of(
                canal(10, "CREATE", true, "null", "null"),
                canal(
                    10,
                    "INSERT",
                    false,
                    "[{'id':'1','name':'a','amount':'1.50'},{'id':'2','name':'b','amount':'2.00'},"
                        + "{'id':'3','name':'c','amount':null}]",
                    "null"),
                canal(
                    20,
                    "UPDATE",
                    false,
                    "[{'id':'2','name':'b','amount':'2.50'}]",
                    "[{'amount':'2.00'}]"),
                canal(30, "UPDATE", false, "[{'id':'4','name':'c','amount':null}]", "[{'id':'3'}]"),
                canal(40, "DELETE", false, "[{'id':'1','name':'a','amount':'1.50'}]", "null")))
        .lines(
            "data/maxwell/a.jsonl",
            List.of(
                maxwell(5, "bootstrap-start", "", "{}"),
                maxwell(10, "insert", "'xid':1,'xoffset':0,", "{'id':1,'name':'a','amount':1.50}"),
                maxwell(10, "insert", "'xid':1,'xoffset':1,", "{'id':2,'name':'b','amount':2.00}"),
                maxwell(10, "insert", "'xid':1,'commit':true,", "{'id':3,'name':'c'}"),
                maxwell(
                    20,
                    "update",
                    "'xid':2,'commit':true,'old':{'amount':2.00},",
                    "{'id':2,'name':'b','amount':2.50}"),
                maxwell(
                    30,
                    "update",
                    "'xid':3,'commit':true,'old':{'id':3},",
                    "{'id':4,'name':'c','amount':null}"),
                maxwell(
                    40, "delete", "'xid':4,'commit':true,", "{'id':1,'name':'a','amount':1.50}")));
    project.run().done();
    // A change that comes late, and what is no message at all.
    project
        .lines(
            "data/canal/b.jsonl",
            List.of(
                canal(15, "UPDATE", false, "[{'id':'2','name':'late','amount':'2.00'}]", "null"),
                canal(50, "MERGE", false, "[]", "null")))
        .lines(
            "data/maxwell/b.jsonl",
            List.of(
                maxwell(
                    15, "update", "'xid':9,'commit':true,", "{'id':2,'name':'late','amount':2.00}"),
                maxwell(50, "merge", "", "{}")));
    project.run().done();
    for (String connector : List.of("canal", "maxwell")) {
      ITEMS.put(connector, items(connector));
      VERSIONS.put(connector, versions(connector));
      project
          .rows("bronze." + connector + "__dead_letter", "error")
          .forEach(row -> DEAD_LETTERS.add(row.get("error")));
    }
  }

  @Test
  void bothConnectorsGiveTheSameRows() {
    for (String connector : List.of("canal", "maxwell")) {
      assertThat(
          ITEMS.get(connector),
          contains("1 a 1.50 deleted", "2 b 2.50", "3 c null deleted", "4 c null"));
      assertThat(
          VERSIONS.get(connector),
          contains(
              "1 a 1.50 [10,40)",
              "2 b 2.00 [10,15)",
              "2 b 2.50 [20,-)",
              "2 late 2.00 [15,20)",
              "3 c null [10,30)",
              "4 c null [30,-)"));
    }
    assertThat(
        DEAD_LETTERS,
        contains(
            "Cannot parse the record: its type is none of Canal's",
            "Cannot parse the record: its type is none of Maxwell's"));
  }

  @Test
  void redeliveryMakesNoSnapshotAndATruncateEmptiesTheTable() {
    List<List<Long>> snapshots = TABLES.stream().map(project::snapshots).toList();
    for (String connector : List.of("canal", "maxwell")) {
      String file = "data/" + connector + "/";
      project.copy(file + "a.jsonl", file + "c.jsonl").copy(file + "b.jsonl", file + "d.jsonl");
    }
    project.run().done();
    assertThat(TABLES.stream().map(project::snapshots).toList(), is(snapshots));

    project.lines(
        "data/canal/e.jsonl",
        List.of(
            canal(70, "INSERT", false, "[{'id':'5','name':'e','amount':'5'}]", "null"),
            canal(60, "TRUNCATE", true, "null", "null")));
    project.run().done();
    assertThat(
        project.rows("silver.canal_items", "id", "is_deleted").stream()
            .filter(row -> row.get("is_deleted").equals(false))
            .map(row -> row.get("id"))
            .toList(),
        is(List.of(5L)));
    assertThat(
        versions("canal").stream().filter(version -> version.contains(",-)")).toList(),
        contains("5 e 5.00 [70,-)"));
  }

  private static List<String> items(String connector) {
    List<String> rows = new ArrayList<>();
    for (Map<String, Object> row : project.rows("silver." + connector + "_items")) {
      rows.add(values(row) + (row.get("is_deleted").equals(true) ? " deleted" : ""));
    }
    return rows.stream().sorted().toList();
  }

  private static List<String> versions(String connector) {
    List<String> rows = new ArrayList<>();
    for (Map<String, Object> row : project.rows("silver." + connector + "_versions")) {
      String from = seconds(row.get("valid_from"));
      rows.add(values(row) + " [" + from + "," + seconds(row.get("valid_to")) + ")");
    }
    return rows.stream().sorted().toList();
  }

  private static String values(Map<String, Object> row) {
    return row.get("id") + " " + row.get("name") + " " + row.get("amount");
  }

  private static String seconds(Object time) {
    return time == null ? "-" : String.valueOf(((OffsetDateTime) time).toEpochSecond() - START);
  }

  private static String canal(int second, String type, boolean ddl, String data, String old) {
    long millis = (START + second) * 1_000;
    return String.format(
            "{'data':%s,'database':'shop','es':%d,'id':%d,'isDdl':%b,'mysqlType':null,'old':%s,"
                + "'pkNames':['id'],'sql':'','sqlType':null,'table':'items','ts':%d,'type':'%s'}",
            data, millis, second, ddl, old, millis + 300, type)
        .replace('\'', '"');
  }

  private static String maxwell(int second, String type, String more, String data) {
    return String.format(
            "{'database':'shop','table':'items','type':'%s','ts':%d,%s'data':%s}",
            type, START + second, more, data)
        .replace('\'', '"');
  }

  private static String contract(String connector) {
    return """
        kind: DataContract
        apiVersion: v3.1.0
        id: %1$s
        version: 1.0.0
        status: active
        schema:
          - name: items
            physicalName: silver.%1$s_items
            customProperties:
              - {property: source, value: %1$s}
              - {property: sourceTable, value: shop.items}
            properties: &columns
              - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
              - {name: name, logicalType: string}
              - {name: amount, logicalType: number, physicalType: "decimal(10,2)"}
          - name: versions
            physicalName: silver.%1$s_versions
            customProperties:
              - {property: source, value: %1$s}
              - {property: sourceTable, value: shop.items}
              - {property: storedAsScdType, value: 2}
            properties: *columns
        """
        .formatted(connector);
  }
}
