package org.beamlakehouse.io.internal.bronze.read;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.ScanTaskParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.OutputFileFactory;
import org.beamlakehouse.io.internal.bronze.files.BronzeFixture;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next hop reads of a bronze table, after appends, compactions, deletes and expiry. */
class ReadBronzeTest {
  @TempDir Path folder;
  private BronzeFixture bronze;

  @BeforeEach
  void project() throws IOException {
    bronze = new BronzeFixture(folder);
    Files.createDirectories(folder.resolve("data"));
  }

  @Test
  void aRecordComesWithItsBytesPositionAndTime() {
    ingest("a", "first\nsecond");
    RawRecord record = records(0).get(1);
    assertThat(record.source(), is("shop"));
    assertThat(text(record), is("second"));
    assertThat(record.key(), nullValue());
    assertThat(record.position(), is(SourcePosition.inFile("data/a.jsonl", 1)));
    assertThat(record.ingestedAt().toString(), is("2023-11-14T22:13:20.000001Z"));
  }

  @Test
  void onlyWhatWasAppendedSinceIsRead() {
    ingest("a", "1");
    long first = sequence();
    ingest("b", "2");
    ingest("c", "3");
    assertThat(read(0), contains("1", "2", "3"));
    assertThat(read(first), contains("2", "3"));
    assertThat(read(sequence()), is(empty()));
  }

  @Test
  void anOlderSnapshotIsReadUpToItself() {
    ingest("a", "1");
    ingest("b", "2");
    long upTo = bronze.table().currentSnapshot().snapshotId();
    ingest("c", "3");
    assertThat(texts(BronzeScans.plan(bronze.table(), 0, upTo)), contains("1", "2"));
  }

  @Test
  void aCompactionBringsNothingTwice() {
    ingest("a", "1");
    long first = sequence();
    ingest("b", "2");
    compact();
    ingest("c", "3");
    assertThat(read(first), contains("2", "3"));
    assertThat(read(0), contains("1", "2", "3"));
  }

  @Test
  void whereSnapshotsAreExpiredNothingIsMissed() {
    ingest("a", "1");
    long first = sequence();
    ingest("b", "2");
    ingest("c", "3");
    expireAllButCurrent();
    assertThat(read(first), contains("2", "3"));
    assertThat(read(0), contains("1", "2", "3"));
  }

  @Test
  void rowsThatWereErasedAreNotRead() throws IOException {
    ingest("a", "1\n2\n3");
    long first = sequence();
    ingest("b", "4\n5");
    erase("data/a.jsonl", 1);
    erase("data/b.jsonl", 0);
    assertThat(read(0), contains("1", "3", "5"));
    assertThat(read(first), contains("5"));
  }

  @Test
  void afterARollbackOnlyNewRowsAreRead() {
    ingest("a", "1");
    long kept = bronze.table().currentSnapshot().snapshotId();
    ingest("b", "2");
    long progress = sequence();
    bronze.table().manageSnapshots().rollbackTo(kept).commit();
    assertThat(read(progress), is(empty()));
    ingest("c", "3");
    assertThat(read(progress), contains("2", "3"));
  }

  @Test
  void aLargeFileIsReadInPiecesThatMakeItUp() {
    Table table = BronzeTables.createIfMissing(bronze.catalog, BronzeFixture.TABLE);
    table
        .updateProperties()
        .set(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, "20000")
        .set(TableProperties.PARQUET_PAGE_SIZE_BYTES, "2000")
        .commit();
    StringBuilder content = new StringBuilder();
    Random random = new Random(7);
    for (int i = 0; i < 5000; i++) {
      content.append(i).append(' ').append(random.nextLong()).append('\n');
    }
    ingest("a", content.toString());
    List<BronzeScan> scans = plan(0);
    assertThat(scans.size() > 3, is(true));
    List<String> lines = texts(scans);
    assertThat(String.join("\n", lines) + "\n", is(content.toString()));
  }

  @Test
  void messagesHaveTheirTopicPositionAndTombstones() {
    Table table = BronzeTables.createIfMissing(bronze.catalog, BronzeFixture.TABLE);
    Object[] row = new Object[16];
    row[1] = ByteBuffer.wrap(new byte[] {7});
    row[3] = "events";
    row[4] = "orders";
    row[5] = 3;
    row[6] = 42L;
    row[10] = 0L;
    row[11] = 0;
    row[12] = "1";
    row[15] = "run";
    try (RowWriter writer =
        RowWriter.open(table, RowWriter.partition(table, InternalRow.over(row)))) {
      writer.write(row);
      row[4] = "others";
      row[6] = 43L;
      writer.write(row);
      table.newAppend().appendFile(writer.finish()).commit();
    }
    RawRecord record = records(0).get(0);
    assertThat(record.payload(), nullValue());
    assertThat(record.key(), is(new byte[] {7}));
    assertThat(record.position(), is(SourcePosition.inTopic("orders", 3, 42)));
    RawRecord next =
        RawRecord.tombstone(
            "events", null, SourcePosition.inTopic("orders", 3, 43), record.ingestedAt(), null);
    assertThat(ReadBronze.before(table, next), is(record));
    assertThat("of another topic", ReadBronze.before(table, records(0).get(1)), nullValue());
  }

  @Test
  void anExpiredSnapshotIsAClearError() {
    ingest("a", "1");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> BronzeScans.plan(bronze.table(), 0, 17));
    assertThat(
        e.getMessage(),
        is(
            "Cannot read snapshot 17 of lakehouse.bronze.shop: the table has no such snapshot; it"
                + " was expired, run again to read a newer one"));
  }

  private void ingest(String name, String content) {
    bronze.file("data/" + name + ".jsonl", content);
    bronze.ingest("data/*.jsonl");
  }

  private long sequence() {
    return bronze.table().currentSnapshot().sequenceNumber();
  }

  private List<BronzeScan> plan(long from) {
    Table table = bronze.table();
    return BronzeScans.plan(table, from, table.currentSnapshot().snapshotId());
  }

  private List<String> read(long from) {
    return texts(plan(from)).stream().sorted().toList();
  }

  private List<String> texts(List<BronzeScan> scans) {
    return records(scans).stream().map(ReadBronzeTest::text).toList();
  }

  private List<RawRecord> records(long from) {
    return records(plan(from));
  }

  private List<RawRecord> records(List<BronzeScan> scans) {
    List<RawRecord> all = new ArrayList<>();
    for (BronzeScan scan : scans) {
      try (CloseableIterable<RawRecord> records = ReadBronze.read(bronze.table(), scan)) {
        records.forEach(all::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  private static String text(RawRecord record) {
    return new String(record.payload(), StandardCharsets.UTF_8);
  }

  /** Rewrites all data files into one, as a compaction does. */
  private void compact() {
    Table table = bronze.table();
    Set<DataFile> old = new HashSet<>();
    List<Object[]> rows = new ArrayList<>();
    for (FileScanTask task : tasks(table)) {
      old.add(task.file());
    }
    bronze
        .records()
        .forEach(
            record -> {
              Object[] row = new Object[16];
              for (int i = 0; i < row.length; i++) {
                row[i] = record.get(i);
              }
              row[9] = 0L;
              row[10] = 0L;
              row[11] = 19675;
              rows.add(row);
            });
    try (RowWriter writer =
        RowWriter.open(table, RowWriter.partition(table, InternalRow.over(rows.get(0))))) {
      rows.forEach(writer::write);
      table.newRewrite().rewriteFiles(old, Set.of(writer.finish())).commit();
    }
  }

  /** Deletes a row with a deletion vector, as other engines do. */
  private void erase(String path, long position) throws IOException {
    Table table = bronze.table();
    for (FileScanTask task : tasks(table)) {
      String file = records(List.of(scan(task))).get(0).position().file();
      if (file.equals(path)) {
        BaseDVFileWriter writer =
            new BaseDVFileWriter(
                OutputFileFactory.builderFor(table, 1, 1).format(FileFormat.PUFFIN).build(),
                ignored -> null);
        writer.delete(task.file().location(), position, table.spec(), task.file().partition());
        writer.close();
        RowDelta delta = table.newRowDelta();
        for (DeleteFile deleteFile : writer.result().deleteFiles()) {
          delta.addDeletes(deleteFile);
        }
        delta.commit();
      }
    }
  }

  private static BronzeScan scan(FileScanTask task) {
    return new BronzeScan(ScanTaskParser.toJson(task), 1, 1);
  }

  private static List<FileScanTask> tasks(Table table) {
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      List<FileScanTask> all = new ArrayList<>();
      tasks.forEach(all::add);
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void expireAllButCurrent() {
    Table table = bronze.table();
    List<Snapshot> all = new ArrayList<>();
    table.snapshots().forEach(all::add);
    for (Snapshot snapshot : all) {
      if (snapshot.snapshotId() != table.currentSnapshot().snapshotId()) {
        table.expireSnapshots().expireSnapshotId(snapshot.snapshotId()).commit();
      }
    }
  }
}
