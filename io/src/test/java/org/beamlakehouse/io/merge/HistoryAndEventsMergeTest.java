package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges into tables that keep versions and into event tables. */
public class HistoryAndEventsMergeTest {
  @TempDir Path folder;

  public static TableDefinition.Builder customers() {
    return TableDefinition.builder()
        .name("silver.customers")
        .storage(StorageType.HISTORY)
        .columns(
            Column.required("id", ColumnType.LONG),
            Column.of("city", ColumnType.STRING),
            Column.of("note", ColumnType.STRING))
        .keyColumns("id")
        .trackedColumns(List.of("city"))
        .sequenceBy("version");
  }

  public static TableDefinition.Builder clicks() {
    return TableDefinition.builder()
        .name("silver.clicks")
        .storage(StorageType.EVENTS)
        .columns(
            Column.required("id", ColumnType.STRING),
            Column.of("at", ColumnType.TIMESTAMPTZ),
            Column.of("page", ColumnType.STRING))
        .keyColumns("id")
        .eventTime("at")
        .sequenceBy("version");
  }

  @Test
  void confirmationsAreRememberedAndLateChangesSplitVersions() {
    TestTables customers = new TestTables(folder, customers().build());
    customers.merge(
        customers.upsert(5, 1L, "A", null),
        customers.upsert(10, 1L, "A", null),
        customers.upsert(15, 1L, "A", null));
    customers.merge(customers.upsert(20, 1L, "C", null));
    customers.merge(customers.upsert(12, 1L, "B", null));

    assertThat(customers.rows(), equalTo(customers.expected()));
    assertThat(customers.rows(), hasSize(4));
  }

  @Test
  void aDeleteClosesTheVersionAndAGapStays() {
    TestTables customers = new TestTables(folder, customers().build());
    CommittedSnapshot first =
        customers.merge(customers.upsert(10, 1L, "a", null), customers.upsert(11, 1L, "a", null));
    CommittedSnapshot closed = customers.merge(customers.delete(12, 1L));
    CommittedSnapshot opened = customers.merge(customers.upsert(20, 1L, "b", null));

    assertThat(customers.rows(), equalTo(customers.expected()));
    assertThat(customers.rows(), hasSize(2));
    assertThat(first.count(CommittedSnapshot.ROWS_INSERTED), is(1L));
    assertThat(closed.count(CommittedSnapshot.ROWS_DELETED), is(1L));
    assertThat(opened.count(CommittedSnapshot.ROWS_INSERTED), is(1L));
  }

  @Test
  void deletesOfUnknownKeysAreRememberedInASnapshotWithoutRows() {
    TestTables customers = new TestTables(folder, customers().build());
    CommittedSnapshot delete = customers.merge(customers.delete(20, 1L));
    assertThat(customers.rows(), empty());
    CommittedSnapshot again = customers.merge(customers.delete(20, 1L));
    customers.merge(customers.upsert(10, 1L, "x", null));

    assertThat(delete.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(again.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(customers.rows(), equalTo(customers.expected()));
    assertThat(customers.rows().get(0), containsString("valid_from=10 valid_to=20"));
  }

  @Test
  void aTruncateClosesTheVersionsOfAllKeys() {
    TestTables customers = new TestTables(folder, customers().build());
    customers.merge(
        customers.upsert(10, 1L, "a", null),
        customers.upsert(10, 2L, "a", null),
        customers.upsert(10, 3L, "a", null),
        customers.upsert(30, 3L, "a", null));
    customers.merge(customers.truncate(20));
    customers.merge(customers.upsert(15, 4L, "late", null));

    assertThat(customers.rows(), equalTo(customers.expected()));
  }

  @Test
  void theFirstOfRepeatedEventsStaysAlsoInAnotherPartition() {
    TestTables clicks = new TestTables(folder, clicks().build());
    Instant monday = Instant.parse("2026-01-05T10:00:00Z");
    Instant tuesday = Instant.parse("2026-01-06T10:00:00Z");
    clicks.merge(clicks.upsert(5, "e1", tuesday, "/a"), clicks.upsert(6, "e2", monday, "/b"));
    CommittedSnapshot again = clicks.merge(clicks.upsert(7, "e1", monday, "/x"));
    clicks.merge(clicks.upsert(1, "e1", monday, "/first"));

    assertThat(again.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(clicks.rows(), equalTo(clicks.expected()));
    assertThat(clicks.rows(), hasSize(2));
    assertThat(clicks.table().spec().toString(), containsString("event_date"));
  }
}
