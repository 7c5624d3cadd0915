package org.beamlakehouse.io.internal.bronze.decisions;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.internal.bronze.decisions.Decision.Kind;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators' words are kept once each, and outlive what becomes of snapshots. */
class DecisionsTest {
  private static final String BRONZE = "bronze.shop";
  private static final Decision NEW_LOG = new Decision(Kind.NEW_LOG, null, "{\"orders/0\":42}");
  private static final Decision DISCARD =
      new Decision(Kind.DISCARD, "silver.orders", "{\"orders/0\":7}");

  @TempDir Path folder;
  private CatalogConfig catalog;
  private UUID bronze;

  @BeforeEach
  void createBronze() {
    catalog = LocalCatalog.in(folder);
    bronze = BronzeTables.createIfMissing(catalog, BRONZE).uuid();
  }

  @Test
  void whereNothingWasSaidThereIsNoTable() {
    assertThat(said(), empty());
    assertThat(Catalogs.exists(catalog, Decisions.tableOf(BRONZE)), is(false));
  }

  @Test
  void wordsAreReadOldestFirst() {
    keep(DISCARD, 2);
    keep(NEW_LOG, 1);
    assertThat(said(), contains(NEW_LOG, DISCARD));
  }

  @Test
  void theSameWordTwiceIsOnce() {
    assertThat(keep(NEW_LOG, 1), is(true));
    assertThat(keep(NEW_LOG, 2), is(false));
    assertThat(keep(new Decision(Kind.NOTICED_LOG, null, NEW_LOG.places()), 3), is(true));
    assertThat(said().size(), is(2));
  }

  @Test
  void theSameWordOfSeveralRunsAtOnceIsOnce() throws Exception {
    keep(DISCARD, 0);
    ExecutorService runs = Executors.newFixedThreadPool(4);
    try {
      int kept = 0;
      List<Callable<Boolean>> words =
          List.of(
              () -> keep(NEW_LOG, 1),
              () -> keep(NEW_LOG, 2),
              () -> keep(NEW_LOG, 3),
              () -> keep(NEW_LOG, 4));
      for (Future<Boolean> word : runs.invokeAll(words)) {
        kept += word.get() ? 1 : 0;
      }
      assertThat(kept, is(1));
    } finally {
      runs.shutdown();
    }
    assertThat(said(), contains(DISCARD, NEW_LOG));
  }

  @Test
  void wordsOutliveExpiry() {
    keep(NEW_LOG, 1);
    keep(DISCARD, 2);
    Table table = Catalogs.load(catalog, Decisions.tableOf(BRONZE));
    for (Snapshot snapshot : table.snapshots()) {
      if (snapshot.snapshotId() != table.currentSnapshot().snapshotId()) {
        table.expireSnapshots().expireSnapshotId(snapshot.snapshotId()).commit();
      }
    }
    assertThat(said(), contains(NEW_LOG, DISCARD));
    assertThat(keep(DISCARD, 3), is(false));
  }

  @Test
  void wordsAboutATableThatWasMadeAnewDoNotCount() {
    keep(NEW_LOG, 1);
    assertThat(Decisions.of(catalog, BRONZE, UUID.randomUUID()), empty());
  }

  private boolean keep(Decision decision, long micros) {
    return Decisions.keep(
        catalog, new RunFacts("shop", BRONZE, "run-" + micros, "1.0", micros), bronze, decision);
  }

  private List<Decision> said() {
    return Decisions.of(catalog, BRONZE, bronze);
  }
}
