package org.beamlakehouse.io.internal.merge.commit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.side.SideRow;
import org.beamlakehouse.io.internal.iceberg.side.SideRowWriter;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.merge.LatestMergeTest;
import org.beamlakehouse.io.merge.OtherWriter;
import org.beamlakehouse.io.merge.TestTables;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.FailWhen;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens around a commit: crashes, other writers, repeats, halts and full refreshes. */
class TableCommitTest {
  @TempDir Path folder;
  private TestTables orders;

  @BeforeEach
  void createTable() {
    orders = new TestTables(folder, LatestMergeTest.orders().deletes(DeleteMode.HARD).build());
  }

  @Test
  void aCrashBetweenLedgerAndTargetIsMendedByTheNextRun() {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.upsert(5, 2L, "a", null));
    Change[] batch = {orders.delete(9, 1L), orders.truncate(6), orders.upsert(7, 3L, "c", null)};
    List<ShardResult> results = orders.prepare(List.of(batch));
    LedgerCommit.append(orders.ledger(), results, Map.of());
    assertThat(orders.rows(), hasSize(2));

    CommittedSnapshot again = orders.merge(batch);

    assertThat(again.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(TestTables.rows(orders.ledger()), hasSize(2));
  }

  @Test
  void aCommitThatIsRepeatedIsDoneOnce() {
    List<ShardResult> results = orders.prepare(List.of(orders.upsert(5, 1L, "a", null)));
    CommittedSnapshot first = orders.commit(TablePlan.untracked("silver.orders"), results);
    CommittedSnapshot again = orders.commit(TablePlan.untracked("silver.orders"), results);

    assertThat(again.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(again.getSnapshotId(), is(first.getSnapshotId()));
    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  @Test
  void aPlanThatIsCoveredAlreadyIsSkipped() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    CommittedSnapshot covered =
        orders.commit(orders.plan(1), orders.prepare(List.of(orders.upsert(6, 1L, "b", null))));

    assertThat(covered.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(orders.rows().get(0), containsString("status=a"));
  }

  @Test
  void aReplayIsMergedAlthoughItIsCoveredAndProgressStays() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    orders.merge(orders.upsert(5, 2L, "a", null));
    CommittedSnapshot replayed =
        orders.commit(
            TablePlan.replay("silver.orders", TestTables.UPSTREAM, new Progress.Position(1001, 1)),
            orders.prepare(List.of(orders.upsert(6, 1L, "b", null))));

    assertThat(replayed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(2L));
  }

  @Test
  void quarantinedRecordsAreCommittedOnceAlsoByAHalt() {
    Table quarantine = SideTables.ensure(orders.catalog(), orders.definition().quarantineName());
    CommitNote first =
        new CommitNote("silver.orders", Map.of(), quarantined(quarantine, 1), null, null);
    orders.commit(orders.plan(1), List.of(), first);
    orders.commit(orders.plan(1), List.of(), first);
    quarantine.refresh();
    assertThat(TestTables.files(quarantine), hasSize(1));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(1L));

    for (int run = 0; run < 3; run++) {
      CommittedSnapshot halted =
          orders.commit(
              orders.plan(2),
              orders.prepare(List.of(orders.upsert(5, 1L, "a", null))),
              new CommitNote(
                  "silver.orders", Map.of(), quarantined(quarantine, 2), "rule r failed", null));
      assertThat(halted.getStatus(), is(CommittedSnapshot.HALTED));
    }
    quarantine.refresh();
    assertThat("the halted batch's, once", TestTables.files(quarantine), hasSize(2));
    assertThat(orders.rows(), empty());
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(1L));
  }

  @Test
  void aBatchThatIsNotAllThereChangesNothingAndSaysWhy() {
    Table quarantine = SideTables.ensure(orders.catalog(), orders.definition().quarantineName());
    CommittedSnapshot failed =
        orders.commit(
            orders.plan(1),
            orders.prepare(List.of(orders.upsert(5, 1L, "a", null))),
            new CommitNote("silver.orders", Map.of(), quarantined(quarantine, 1), null, null),
            CommitNote.failed("silver.orders", "Cannot read a file of bronze"));

    assertThat(failed.getStatus(), is(CommittedSnapshot.FAILED));
    assertThat(failed.getMessage(), is("Cannot read a file of bronze"));
    quarantine.refresh();
    assertThat(TestTables.files(quarantine), empty());
    assertThat(orders.rows(), empty());
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(0L));
  }

  @Test
  void aBatchOfWhichTooMuchIsQuarantinedHalts() {
    for (Object[] batch :
        new Object[][] {
          {FailWhen.DEFAULT, 101L, 101L, true},
          {FailWhen.DEFAULT, 101L, 100L, false},
          {FailWhen.DEFAULT, 100L, 100L, false},
          {new FailWhen(0, 0.5), 1L, 1L, true},
          {new FailWhen(0, 0.5), 3L, 1L, false},
          {new FailWhen(0, 0.5), 4L, 2L, true},
          {new FailWhen(0, 0.5), 0L, 0L, false},
          {FailWhen.NEVER, 1_000_000L, 1_000_000L, false}
        }) {
      // From two workers, as batches are.
      List<CommitNote> notes =
          List.of(
              counted(Map.of(CommittedSnapshot.ROWS_READ, (long) batch[1])),
              counted(Map.of(CommittedSnapshot.ROWS_QUARANTINED, (long) batch[2])));
      BatchVerdict verdict =
          BatchVerdict.of(
              orders.definition().toBuilder().failWhen((FailWhen) batch[0]).build(), notes);
      assertThat(List.of(batch).toString(), verdict.halt() != null, is(batch[3]));
    }
  }

  @Test
  void countsAreThoseOfWhatThisCommitTookIn() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    CommitNote old =
        new CommitNote("silver.orders", Map.of("passed:r", 3L), List.of(), null, null, null, 1L);
    CommitNote next =
        new CommitNote("silver.orders", Map.of("passed:r", 4L), List.of(), null, null, null, 2L);

    CommittedSnapshot committed =
        orders.commit(
            orders.plan(2), orders.prepare(List.of(orders.upsert(6, 1L, "b", null))), old, next);
    CommittedSnapshot covered =
        orders.commit(
            orders.plan(2), orders.prepare(List.of(orders.upsert(7, 1L, "b", null))), old, next);

    assertThat(committed.count("passed:r"), is(4L));
    assertThat(covered.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(covered.count("passed:r"), is(0L));
  }

  private static CommitNote counted(Map<String, Long> counts) {
    return new CommitNote("silver.orders", counts, List.of(), null, null);
  }

  private static List<SideFile> quarantined(Table quarantine, long upstreamSequence) {
    SideRowWriter writer = SideRowWriter.open(quarantine, upstreamSequence);
    writer.write(
        SideRow.of(
            RawRecord.of(
                "shop", new byte[] {1}, null, SourcePosition.inFile("f", 1), Instant.EPOCH),
            "r",
            null,
            Instant.EPOCH,
            "1.0",
            "run"));
    return writer.close();
  }

  @Test
  void aLedgerThatIsMadeAnewCountsFromItsBeginning() {
    orders.merge(orders.delete(9, 2L));
    orders.merge(orders.delete(9, 3L));
    orders.refresh(orders.upsert(5, 1L, "a", null), orders.delete(9, 2L));
    Catalogs.open(orders.catalog())
        .dropTable(TableIdentifier.parse(orders.definition().ledgerName()));
    orders.merge(orders.delete(9, 4L), orders.delete(9, 2L));
    orders.merge(orders.upsert(8, 4L, "ghost", null), orders.upsert(8, 2L, "ghost", null));

    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  @Test
  void aHaltLeavesTheTableAsItIsAndRemovesNothing() throws IOException {
    orders.merge(orders.upsert(5, 1L, "a", null));
    List<String> rows = orders.rows();
    List<ShardResult> results =
        orders.prepare(List.of(orders.upsert(6, 1L, "b", null), orders.delete(7, 9L)));
    Set<String> before = files();
    CommittedSnapshot halted =
        orders.commit(
            results,
            new CommitNote(
                "silver.orders", Map.of(CommittedSnapshot.ROWS_READ, 2L), List.of(), null, null),
            new CommitNote(
                "silver.orders",
                Map.of(),
                List.of(),
                "rule amount_positive failed for 1 row",
                null));

    assertThat(halted.getStatus(), is(CommittedSnapshot.HALTED));
    assertThat(halted.getMessage(), is("rule amount_positive failed for 1 row"));
    assertThat(halted.count(CommittedSnapshot.ROWS_READ), is(2L));
    assertThat(halted.count(CommittedSnapshot.ROWS_UPDATED), is(0L));
    assertThat(orders.rows(), equalTo(rows));
    // Another execution may have the same results and no reason to halt.
    assertThat(files(), hasItems(before.toArray(new String[0])));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(1L));
  }

  @Test
  void aFullRefreshForgetsRowsAndLedger() {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.delete(9, 2L), orders.truncate(3));
    long before = orders.table().currentSnapshot().snapshotId();
    CommittedSnapshot refreshed =
        orders.refresh(orders.upsert(1, 2L, "b", null), orders.delete(7, 3L));

    assertThat(refreshed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(refreshed.getSnapshotId(), not(is(before)));
    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(TestTables.rows(orders.ledger()), hasSize(1));
    orders.merge(orders.upsert(2, 4L, "kept", null), orders.upsert(6, 3L, "ghost", null));
    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(2));
  }

  @Test
  void aLedgerThatAFullRefreshLeftUntidiedNoLongerCounts() {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.delete(9, 2L));
    long old = orders.ledger().currentSnapshot().snapshotId();
    orders.refresh(orders.upsert(5, 1L, "a", null));
    orders.ledger().manageSnapshots().rollbackTo(old).commit();

    orders.merge(orders.upsert(1, 2L, "b", null));

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(2));
    assertThat("tidied by the next commit", TestTables.files(orders.ledger()), empty());
  }

  @Test
  void aLedgerThatIsCompactedAfterAnUntidiedRefreshDoesNotReviveWhatWasForgotten() {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.delete(9, 2L));
    long old = orders.ledger().currentSnapshot().snapshotId();
    orders.refresh(orders.upsert(5, 1L, "a", null));
    orders.ledger().manageSnapshots().rollbackTo(old).commit();
    orders.merge(orders.upsert(6, 1L, "b", null), orders.delete(9, 3L));
    new OtherWriter(orders.ledger()).compact();

    orders.merge(orders.upsert(1, 2L, "b", null), orders.upsert(1, 3L, "ghost", null));

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(2));
  }

  @Test
  void aLedgerThatIsCompactedBeforeItIsTidiedDoesNotReviveWhatWasForgotten() {
    Change ghost = ledgerThatWasCompactedUntidied();

    orders.merge(orders.upsert(1, 2L, "b", null), ghost);

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(2));
  }

  @Test
  void aRebuildWhoseLedgerIsCompactedBeforeItsRowsAreCommittedStaysAsItIs() {
    orders.merge(orders.delete(9, 2L));
    orders.commit(
        TablePlan.fullRefresh(
            orders.definition().name(), TestTables.UPSTREAM, new Progress.Position(1009, 9)),
        orders.prepare(List.of(orders.delete(9, 3L)), TablePlan.Mode.FULL_REFRESH),
        step -> {
          if (step == CommitStep.LEDGER_COMMITTED) {
            new OtherWriter(orders.ledger()).compact();
          }
        });

    orders.commit(
        TablePlan.untracked(orders.definition().name()),
        orders.prepare(List.of(orders.upsert(1, 2L, "b", null), orders.upsert(1, 3L, "g", null))));

    assertThat(orders.rows(), equalTo(orders.expected(List.of(orders.upsert(1, 2L, "b", null)))));
  }

  /** A format whose rows do not tell when they came. */
  @Test
  void aCompactedLedgerThatTellsNothingAnyMoreStopsItsTableUntilItIsRebuilt() {
    orders =
        new TestTables(
            folder,
            orders.definition().toBuilder()
                .tableProperties(Map.of(TableProperties.FORMAT_VERSION, "2"))
                .build());
    Change ghost = ledgerThatWasCompactedUntidied();
    List<String> rows = orders.rows();
    Change[] changes = {orders.upsert(1, 2L, "b", null), ghost};

    CommittedSnapshot halted = orders.merge(changes);

    assertThat(halted.getStatus(), is(CommittedSnapshot.HALTED));
    assertThat(
        halted.getMessage(), containsString("rebuild it once with --full-refresh --tables="));
    assertThat(orders.rows(), equalTo(rows));
    orders.refresh(changes);
    assertThat(orders.rows(), equalTo(orders.expected()));
    orders.merge(orders.delete(9, 5L));
    orders.merge(orders.upsert(8, 5L, "ghost", null), orders.upsert(8, 6L, "c", null));
    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  /**
   * A rebuild that died before it tidied its ledger of a delete of key 2, then a compaction.
   *
   * @return a change that the ledger has to remember all the same
   */
  private Change ledgerThatWasCompactedUntidied() {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.delete(9, 2L));
    long old = orders.ledger().currentSnapshot().snapshotId();
    orders.refresh(orders.upsert(5, 1L, "a", null));
    orders.ledger().manageSnapshots().rollbackTo(old).commit();
    new OtherWriter(orders.ledger()).compact();
    return orders.upsert(4, 1L, "ghost", null);
  }

  @Test
  void aFullRefreshWithNothingEmptiesTheTable() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    orders.refresh();

    assertThat(orders.rows(), empty());
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(2L));
  }

  @Test
  void summariesTellVersionCountsAndProgress() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    Map<String, String> summary = orders.table().currentSnapshot().summary();

    assertThat(summary.get("beam-lakehouse.pipeline-version"), is("1.0"));
    assertThat(summary.get("beam-lakehouse.rows_inserted"), is("1"));
    assertThat(
        summary.get("beam-lakehouse.progress"),
        is("{\"bronze.source\":{\"snapshot\":1001,\"sequence\":1}}"));
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(Path::toString)
          .filter(name -> !name.endsWith(".crc"))
          .collect(Collectors.toCollection(java.util.TreeSet::new));
    }
  }
}
