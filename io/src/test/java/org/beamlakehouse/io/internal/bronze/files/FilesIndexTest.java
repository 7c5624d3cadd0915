package org.beamlakehouse.io.internal.bronze.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each file is ingested once, whatever becomes of snapshots, of the index and of other files. */
class FilesIndexTest {
  private static final String GLOB = "data/*.jsonl";
  private static final String INDEX = FilesIndex.tableOf(BronzeFixture.TABLE);

  @TempDir Path folder;
  private BronzeFixture bronze;

  @BeforeEach
  void begin() {
    bronze = new BronzeFixture(folder);
    bronze.file("data/a.jsonl", "1\n");
    bronze.ingest(GLOB);
    bronze.file("data/b.jsonl", "2\n");
    bronze.file("data/c.jsonl", "3\n");
  }

  private Table index() {
    return Catalogs.load(bronze.catalog, INDEX);
  }

  private String added() {
    return index().currentSnapshot().summary().get("added-records");
  }

  private String total() {
    return index().currentSnapshot().summary().get("total-records");
  }

  private void assertNothingIsNew() {
    assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.UNCHANGED));
  }

  private static void expireAllButTheLast(Table table) {
    table.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
  }

  /** As a rewrite by somebody else does, without a word of ours. */
  private static void foreign(Table table) {
    table.newAppend().commit();
  }

  @Test
  void aCommitWritesDownItsOwnFilesOnly() {
    assertThat(added(), is("1"));
    bronze.ingest(GLOB);
    assertThat(added(), is("2"));
    assertNothingIsNew();
    assertThat(total(), is("3"));
  }

  @Test
  void whatTheIndexLacksIsTakenFromTheRows() {
    Snapshot before = index().currentSnapshot();
    bronze.ingest(GLOB);
    // As if the run had been killed between its two commits.
    index().manageSnapshots().rollbackTo(before.snapshotId()).commit();
    assertNothingIsNew();
    bronze.file("data/d.jsonl", "4\n");
    bronze.ingest(GLOB);
    assertThat(bronze.rows().size(), is(4));
    assertThat("the files of all commits", total(), is("4"));
    expireAllButTheLast(bronze.table());
    assertNothingIsNew();
  }

  @Test
  void theSameStepDoneAgainWritesDownWhatWasLeftOut() {
    List<WrittenBatch> written = bronze.write(bronze.request(GLOB));
    bronze.commit(written);
    Catalogs.open(bronze.catalog).dropTable(TableIdentifier.parse(INDEX));
    assertThat(bronze.commit(written).getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(added(), is("3"));
    IngestedFiles files = IngestedFiles.of(bronze.catalog, BronzeFixture.TABLE, bronze.table());
    assertThat(files.get("shop", "data/b.jsonl").size(), is(2L));
    assertThat(files.unwritten(), is(empty()));
  }

  @Test
  void survivesCompactionAndExpiryOfBronze() {
    bronze.ingest(GLOB);
    for (int i = 0; i < 30; i++) {
      foreign(bronze.table());
    }
    expireAllButTheLast(bronze.table());
    for (int i = 0; i < 30; i++) {
      bronze.table().updateProperties().set("n", String.valueOf(i)).commit();
    }
    assertNothingIsNew();
    bronze.file("data/d.jsonl", "4\n");
    bronze.ingest(GLOB);
    assertThat(bronze.rows().size(), is(4));
    IngestedFiles files = IngestedFiles.of(bronze.catalog, BronzeFixture.TABLE, bronze.table());
    assertThat("as it was written down", files.get("shop", "data/a.jsonl").size(), is(2L));
  }

  @Test
  void aRollbackThatWasExpiredTakesFilesBackAllTheSame() {
    long first = bronze.table().currentSnapshot().snapshotId();
    bronze.ingest(GLOB);
    bronze.table().manageSnapshots().rollbackTo(first).commit();
    foreign(bronze.table());
    expireAllButTheLast(bronze.table());
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1", "data/b.jsonl:0=2", "data/c.jsonl:0=3"));
    assertNothingIsNew();
  }

  @Test
  void removingWhatNoTableNamesBreaksNothing() throws IOException {
    bronze.ingest(GLOB);
    // Every file beside the metadata that Iceberg did not write there.
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(f -> f.toString().contains("/metadata/")).toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".avro") && !name.endsWith(".metadata.json")) {
          Files.delete(file);
        }
      }
    }
    assertNothingIsNew();
  }

  @Test
  void theListOfAnEarlierVersionIsTakenOver() throws IOException {
    Path list = earlierVersion();
    assertNothingIsNewButD();
    Files.delete(list);
    expireAllButTheLast(bronze.table());
    assertNothingIsNew();
  }

  @Test
  void whereTheListOfAnEarlierVersionWasRemovedTheRowsTell() throws IOException {
    Files.delete(earlierVersion());
    assertNothingIsNewButD();
  }

  private void assertNothingIsNewButD() {
    assertNothingIsNew();
    bronze.file("data/d.jsonl", "4\n");
    bronze.ingest(GLOB);
    assertThat(bronze.rows().size(), is(4));
    assertThat(total(), is("4"));
  }

  /** Makes the table one of an earlier version; gives the file with its list. */
  private Path earlierVersion() throws IOException {
    List<WrittenBatch> written = new ArrayList<>(bronze.write(bronze.request(GLOB)));
    bronze.commit(written);
    Table table = bronze.table();
    Path list = folder.resolve("beam-lakehouse-files-1.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(list))) {
      out.write(
          ("{\"version\":1,\"sources\":{\"shop\":{\"data/a.jsonl\":[2,5],\"data/b.jsonl\":[2,5],"
                  + "\"data/c.jsonl\":[2,5]}}}")
              .getBytes(StandardCharsets.UTF_8));
    }
    table.newAppend().set(IngestedFiles.KEY, list.toString()).commit();
    Catalogs.open(bronze.catalog).dropTable(TableIdentifier.parse(INDEX));
    return list;
  }
}
