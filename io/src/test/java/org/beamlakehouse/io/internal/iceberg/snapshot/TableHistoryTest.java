package org.beamlakehouse.io.internal.iceberg.snapshot;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What snapshots said of themselves is found, whatever became of them. */
class TableHistoryTest {
  private static final String KEY = "k";
  private static final String UPSTREAM = "bronze.shop";

  @TempDir Path folder;
  private Table table;

  @BeforeEach
  void createTable() {
    table = SideTables.ensure(LocalCatalog.in(folder), "silver.a__quarantine");
  }

  private long commit(String value) {
    var append = table.newAppend();
    if (value != null) {
      append.set(KEY, value);
    }
    append.commit();
    return table.currentSnapshot().snapshotId();
  }

  /** As a compaction by another engine: a snapshot that says nothing of ours. */
  private long foreign() {
    return commit(null);
  }

  private void expireAllButTheLast() {
    List<Long> old = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      if (snapshot.snapshotId() != table.currentSnapshot().snapshotId()) {
        old.add(snapshot.snapshotId());
      }
    }
    old.forEach(id -> table.expireSnapshots().expireSnapshotId(id).commit());
  }

  private String said() {
    return TableHistory.of(table).nearest(KEY);
  }

  @Test
  void theNearestOneCounts() {
    assertThat(said(), nullValue());
    assertThat(TableHistory.of(table).isComplete(), is(true));
    long first = commit("1");
    commit("2");
    foreign();
    assertThat(said(), is("2"));
    table.manageSnapshots().rollbackTo(first).commit();
    assertThat("what was rolled back is not in force", said(), is("1"));
    assertThat(TableHistory.of(table).contains(first), is(true));
  }

  @Test
  void survivesCompactionsAndExpiry() {
    commit("1");
    long own = commit("2");
    foreign();
    foreign();
    expireAllButTheLast();
    assertThat(table.snapshot(own), nullValue());
    assertThat(said(), is("2"));
    assertThat(TableHistory.of(table).isComplete(), is(true));
    assertThat(TableHistory.of(table).contains(own), is(true));
  }

  @Test
  void survivesRepeatedExpiry() {
    commit("1");
    for (int i = 0; i < 5; i++) {
      foreign();
      expireAllButTheLast();
    }
    assertThat(said(), is("1"));
  }

  @Test
  void whatWasRolledBackAndExpiredIsNotInForce() {
    long first = commit("1");
    long second = commit("2");
    table.manageSnapshots().rollbackTo(first).commit();
    foreign();
    expireAllButTheLast();
    assertThat(table.snapshot(second), nullValue());
    assertThat(said(), is("1"));
    assertThat(TableHistory.of(table).contains(second), is(false));
  }

  @Test
  void isNotCompleteWhereTheMetadataFilesAreGoneAsWell() {
    table.updateProperties().set(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "1").commit();
    commit("1");
    foreign();
    expireAllButTheLast();
    foreign();
    foreign();
    assertThat(said(), nullValue());
    assertThat(TableHistory.of(table).isComplete(), is(false));
  }

  @Test
  void progressSurvivesCompactionAndExpiryToo() {
    Progress progress = Progress.none().with(UPSTREAM, new Progress.Position(7, 3, "a.b", "id"));
    table.newAppend().set(Progress.KEY, progress.toJson()).commit();
    foreign();
    expireAllButTheLast();
    assertThat(Progress.of(table), is(progress));
    Progress further = progress.with(UPSTREAM, new Progress.Position(8, 4, "a.b", "id"));
    further.continueCurrentSnapshot(table);
    foreign();
    expireAllButTheLast();
    assertThat("what a property continued", Progress.of(table), is(further));
  }

  @Test
  void progressInATableThatWasDroppedIsNoneInItsSuccessor() {
    Table upstream = SideTables.ensure(LocalCatalog.in(folder), UPSTREAM);
    upstream.newAppend().commit();
    Progress.Position upTo = Progress.Position.of(upstream, upstream.currentSnapshot());
    Progress progress = Progress.parse(Progress.none().with(UPSTREAM, upTo).toJson());
    assertThat(progress.sequence(UPSTREAM, upTo), is(1L));
    assertThat(progress.covers(UPSTREAM, upTo), is(true));

    Catalogs.open(LocalCatalog.in(folder))
        .dropTable(org.apache.iceberg.catalog.TableIdentifier.parse(UPSTREAM));
    Table anew = SideTables.ensure(LocalCatalog.in(folder), UPSTREAM);
    anew.newAppend().commit();
    assertThat(progress.sequence(UPSTREAM, Progress.Position.of(anew, null)), is(0L));
    assertThat(
        progress.covers(UPSTREAM, Progress.Position.of(anew, anew.currentSnapshot())), is(false));

    Progress old = Progress.parse("{\"bronze.shop\":{\"snapshot\":7,\"sequence\":1}}");
    assertThat(
        "what an earlier version wrote",
        old.sequence(UPSTREAM, Progress.Position.of(anew, null)),
        is(1L));
  }
}
