package org.beamlakehouse.io.internal.iceberg.side;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows put aside are recorded once, whatever is repeated. */
class AppendWithProgressTest {
  private static final String BRONZE = "bronze.shop";

  @TempDir Path folder;
  private Table table;

  @BeforeEach
  void createTable() {
    table = SideTables.ensure(LocalCatalog.in(folder), SideTables.deadLetterOf(BRONZE));
  }

  @Test
  void rowsReadBackWithEverythingKnownOfTheRecord() throws IOException {
    SideRow fromFile = row(SourcePosition.inFile("data/a.jsonl", 7), new byte[] {1, 2});
    SideRow fromTopic = row(SourcePosition.inTopic("orders", 3, 42), null);
    SideRowWriter writer = SideRowWriter.open(table, 1);
    writer.write(fromFile);
    writer.write(fromTopic);
    assertThat(AppendWithProgress.commit(table, writer.close(), BRONZE, upTo(1)), is(true));

    List<Record> rows = rows();
    Record file = rows.get(0);
    assertThat(file.getField("payload"), is(ByteBuffer.wrap(new byte[] {1, 2})));
    assertThat(file.getField("failed_rules"), is("positive"));
    assertThat(file.getField("error"), is("The row fails positive"));
    assertThat(file.getField("source_system"), is("shop"));
    assertThat(file.getField("source_topic"), nullValue());
    assertThat(file.getField("source_partition"), nullValue());
    assertThat(file.getField("source_file"), is("data/a.jsonl"));
    assertThat(file.getField("source_position"), is(7L));
    assertThat(
        file.getField("ingested_at"), is(OffsetDateTime.parse("2024-01-01T00:00:00.000001Z")));
    assertThat(file.getField("recorded_at"), is(OffsetDateTime.parse("2024-01-02T00:00Z")));
    assertThat(file.getField("pipeline_version"), is("1.0"));
    assertThat(file.getField("batch_id"), is("run-1"));
    Record topic = rows.get(1);
    assertThat(topic.getField("payload"), nullValue());
    assertThat(topic.getField("source_topic"), is("orders"));
    assertThat(topic.getField("source_partition"), is(3));
    assertThat(topic.getField("source_offset"), is(42L));
    assertThat(topic.getField("source_file"), nullValue());
    assertThat(topic.getField("source_position"), nullValue());
  }

  @Test
  void theSameAppendAgainIsSkipped() throws IOException {
    List<SideFile> files = files("a", 5);
    assertThat(AppendWithProgress.commit(table, files, BRONZE, upTo(5)), is(true));
    assertThat(AppendWithProgress.commit(table, files, BRONZE, upTo(5)), is(false));
    assertThat(AppendWithProgress.commit(table, files, BRONZE, upTo(4)), is(false));
    assertThat(rows().size(), is(1));
    assertThat(Progress.of(table).position(BRONZE), is(upTo(5)));
  }

  @Test
  void upstreamsAreIndependent() throws IOException {
    assertThat(AppendWithProgress.commit(table, files("a", 5), BRONZE, upTo(5)), is(true));
    assertThat(AppendWithProgress.commit(table, files("b", 1), "bronze.other", upTo(1)), is(true));
    assertThat(Progress.of(table).sequence(BRONZE), is(5L));
    assertThat(errors(), contains("a", "b"));
  }

  @Test
  void withoutFilesNothingIsCommitted() {
    assertThat(AppendWithProgress.commit(table, List.of(), BRONZE, upTo(5)), is(false));
    assertThat(table.currentSnapshot(), nullValue());
  }

  @Test
  void theSameAppendByAnotherRunInBetweenIsSeen() throws IOException {
    List<SideFile> files = files("a", 5);
    Table raced = new Raced(table, () -> AppendWithProgress.commit(table, files, BRONZE, upTo(5)));
    assertThat(AppendWithProgress.commit(raced, files, BRONZE, upTo(5)), is(false));
    assertThat(errors(), contains("a"));
  }

  @Test
  void whatAnotherRunThatReachedLessFarHasAppendedInBetweenIsLeftOut() throws IOException {
    List<SideFile> shared = files("a", 4);
    List<SideFile> more = new ArrayList<>(files("a", 4));
    more.addAll(files("b", 5));
    Table raced = new Raced(table, () -> AppendWithProgress.commit(table, shared, BRONZE, upTo(4)));
    assertThat(AppendWithProgress.commit(raced, more, BRONZE, upTo(5)), is(true));
    assertThat(errors(), contains("a", "b"));
    assertThat(Progress.of(table).sequence(BRONZE), is(5L));
  }

  @Test
  void anotherUpstreamsAppendInBetweenIsKept() throws IOException {
    List<SideFile> other = files("b", 1);
    Table raced =
        new Raced(table, () -> AppendWithProgress.commit(table, other, "bronze.other", upTo(1)));
    assertThat(AppendWithProgress.commit(raced, files("a", 5), BRONZE, upTo(5)), is(true));
    table.refresh();
    assertThat(Progress.of(table).sequence("bronze.other"), is(1L));
    assertThat(Progress.of(table).sequence(BRONZE), is(5L));
    assertThat(errors(), contains("a", "b"));
  }

  @Test
  void rowsThatTwoRunsLookedUpAtOnceAreThereOnce() throws IOException {
    AppendWithProgress.commit(table, files("a", 5), BRONZE, upTo(5));
    List<SideFile> one = lookedUp(1, 2);
    List<SideFile> other = lookedUp(2, 3);
    Table raced = new Raced(table, () -> AppendWithProgress.commit(table, one, BRONZE, upTo(5)));
    assertThat(AppendWithProgress.commit(raced, other, BRONZE, upTo(5)), is(true));
    assertThat(AppendWithProgress.commit(table, one, BRONZE, upTo(5)), is(false));
    assertThat(AppendWithProgress.commit(table, other, BRONZE, upTo(5)), is(false));
    assertThat(
        rows().stream().map(row -> row.getField("source_position")).sorted().toList(),
        contains(0L, 1L, 2L, 3L));
  }

  private List<SideFile> lookedUp(long... positions) {
    SideRowWriter writer = SideRowWriter.open(table, SideFile.LOOKED_UP);
    for (long position : positions) {
      writer.write(row(SourcePosition.inFile("f", position), new byte[0]));
    }
    return writer.close();
  }

  @Test
  void anAbortedWriterLeavesNothing() {
    SideRowWriter writer = SideRowWriter.open(table, 1);
    writer.write(row(SourcePosition.inFile("f", 0), new byte[0]));
    writer.abort();
    assertThat(writer.close(), is(empty()));
  }

  @Test
  void filesThatWereHandedOnStayWhateverBecomesOfTheStepThatWroteThem() throws IOException {
    SideRowWriter writer = SideRowWriter.open(table, 1);
    writer.write(row(SourcePosition.inFile("a", 1), null));
    List<SideFile> files = writer.close();

    // An output that fails after some of the files went on.
    writer.abort();

    assertThat(AppendWithProgress.commit(table, files, BRONZE, upTo(1)), is(true));
    assertThat(rows().size(), is(1));
  }

  private List<SideFile> files(String error, long upstreamSequence) {
    SideRowWriter writer = SideRowWriter.open(table, upstreamSequence);
    RawRecord record = row(SourcePosition.inFile("f", 0), new byte[0]).record();
    writer.write(SideRow.of(record, null, error, Instant.EPOCH, "1.0", "run-1"));
    return writer.close();
  }

  private List<String> errors() throws IOException {
    return rows().stream().map(row -> (String) row.getField("error")).sorted().toList();
  }

  private List<Record> rows() throws IOException {
    table.refresh();
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      records.forEach(rows::add);
    }
    return rows;
  }

  private static SideRow row(SourcePosition position, byte[] payload) {
    return SideRow.of(
        RawRecord.of("shop", payload, null, position, Instant.parse("2024-01-01T00:00:00.000001Z")),
        "positive",
        "The row fails positive",
        Instant.parse("2024-01-02T00:00:00Z"),
        "1.0",
        "run-1");
  }

  private static Progress.Position upTo(long sequence) {
    return new Progress.Position(100 + sequence, sequence);
  }

  /** A table in which somebody else commits right before our first append does. */
  private static final class Raced extends BaseTable {
    private Runnable foreign;

    Raced(Table table, Runnable foreign) {
      super(((BaseTable) table).operations(), table.name());
      this.foreign = foreign;
    }

    @Override
    public AppendFiles newAppend() {
      AppendFiles append = super.newAppend();
      if (foreign != null) {
        Runnable once = foreign;
        foreign = null;
        once.run();
      }
      return append;
    }
  }
}
