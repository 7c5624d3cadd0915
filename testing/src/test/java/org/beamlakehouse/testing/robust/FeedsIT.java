package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of a source's tables feeds which silver table is told, and never guessed or mixed up. */
class FeedsIT {
  @TempDir Path folder;

  private static String change(String operation, String schema, String table, int id, int lsn) {
    String row = "{\"id\":%d,\"name\":\"%s\"}".formatted(id, schema);
    boolean deletes = operation.equals("d");
    return "{\"before\":%s,\"after\":%s,\"op\":\"%s\",\"source\":{\"connector\":\"postgresql\",\"db\":\"shop\",\"schema\":\"%s\",\"table\":\"%s\",\"lsn\":%d,\"ts_ms\":1767225600000}}"
        .formatted(deletes ? row : "null", deletes ? "null" : row, operation, schema, table, lsn);
  }

  private TestProject contract(TestProject project, String table, String sourceTable) {
    return project.contract(
        table,
        Contracts.of(
            table,
            "db",
            sourceTable == null ? "" : "- {property: sourceTable, value: " + sourceTable + "}",
            "",
            """
            - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
            - {name: name, logicalType: string}
            """));
  }

  private static List<String> rows(TestProject project, String table) {
    return project.rows("silver." + table, "id", "name", "is_deleted").stream()
        .map(Map::toString)
        .sorted()
        .toList();
  }

  private static String row(int id, String name, boolean deleted) {
    return "{id=%d, name=%s, is_deleted=%s}".formatted(id, name, deleted);
  }

  @Test
  void whatFeedsATableIsToldAndNeverAMixture() throws IOException {
    TestProject project =
        TestProject.create(folder)
            .source("db", "debezium-json", "data/db/**/*.jsonl")
            .source("landed", "json", "data/landed/*.jsonl")
            .source("nothing", "json", "data/landed/*.parquet")
            .lines(
                "data/db/a.jsonl",
                List.of(
                    change("c", "tenant_a", "customers", 1, 10),
                    change("c", "tenant_b", "customers", 1, 20),
                    change("d", "tenant_b", "customers", 1, 30),
                    change("c", "public", "orders", 7, 40),
                    change("c", "public", "items", 1, 50)))
            .lines("data/db/2024/b.jsonl", List.of(change("c", "public", "audit_log", 1, 60)))
            .lines("data/landed/a.jsonl", List.of("{\"id\":1}"));
    contract(project, "customers", null);
    contract(project, "customers_a", "tenant_a.customers");
    contract(project, "orders", "public.Orders");
    contract(project, "items", null);

    CommandResult first = project.run();
    assertThat(first.err(), first.exitCode(), is(3));
    assertThat(
        first.err(),
        allOf(
            containsString(
                "Cannot publish silver.customers: it is fed by both tenant_a.customers and"
                    + " tenant_b.customers of the source db"),
            containsString("write sourceTable: tenant_a.customers, or the other"),
            containsString(
                "There are 2 records of the source db of tables that no contract means by its"
                    + " sourceTable: shop.public.orders (1), which silver.orders may mean by its"
                    + " sourceTable public.Orders; shop.public.audit_log (1)"),
            containsString("the source nothing could read: none matches data/landed/*.parquet")));
    assertThat(rows(project, "customers"), is(empty()));
    assertThat(rows(project, "customers_a"), contains(row(1, "tenant_a", false)));
    assertThat(rows(project, "orders"), is(empty()));
    assertThat(rows(project, "items"), contains(row(1, "public", false)));
    assertThat(project.rows("bronze.landed"), hasSize(1));
    assertThat(project.exists("bronze.landed__dead_letter"), is(false));

    // A later run brings the second table; a contract that was mended gets what is in bronze.
    project.lines(
        "data/db/c.jsonl",
        List.of(
            change("c", "other", "items", 1, 70),
            change("c", "public", "orders", 0, 80).replace("\"id\":0", "\"id\":\"none\"")));
    contract(project, "customers", "tenant_b.customers");
    contract(project, "orders", "public.orders");
    CommandResult second = project.run();
    assertThat(second.err(), second.exitCode(), is(3));
    assertThat(
        second.err(),
        allOf(
            containsString("silver.items: it is fed by both public.items and other.items"),
            containsString(
                "silver.orders is made anew from all of bronze.db: it was fed by public.Orders"),
            not(containsString("Cannot publish silver.customers"))));
    assertThat(rows(project, "customers"), contains(row(1, "tenant_b", true)));
    assertThat(rows(project, "orders"), contains(row(7, "public", false)));
    assertThat(rows(project, "items"), contains(row(1, "public", false)));
    assertThat(rows(project, "customers_a"), contains(row(1, "tenant_a", false)));

    // Told, the table is that one alone; and a file that was changed is not passed over.
    contract(project, "items", "other.items");
    contract(project, "orders", "shop.public.orders");
    Path file = folder.resolve("data/db/2024/b.jsonl");
    FileTime later = FileTime.from(Files.getLastModifiedTime(file).toInstant().plusSeconds(1));
    project.lines("data/db/2024/b.jsonl", List.of(change("c", "public", "audit_log", 2, 60)));
    Files.setLastModifiedTime(file, later);
    CommandResult third = project.run();
    assertThat(third.err(), third.exitCode(), is(1));
    assertThat(third.err(), containsString("Cannot ingest data/db/2024/b.jsonl again: it holds"));
    assertThat(rows(project, "items"), contains(row(1, "other", false)));
    assertThat(rows(project, "orders"), contains(row(7, "public", false)));
    assertThat("once, though made anew", project.rows("silver.orders__quarantine"), hasSize(1));

    Files.move(file, folder.resolve("data/db/2024/d.jsonl"));
    project.run().done();
    assertThat(project.run().done().out(), containsString("Nothing to do"));
  }
}
