package org.beamlakehouse.io.internal.bronze.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.beamlakehouse.io.internal.bronze.files.BronzeFixture.gzip;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.data.Record;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of good, odd and bad content of files. */
class FileContentTest {
  private static final String GLOB = "data/*.jsonl*";
  private static final String MEND =
      ", but files are immutable; put what is new into a new file, or give this one a new name to"
          + " have it ingested as a whole";

  @TempDir Path folder;
  private BronzeFixture bronze;

  @BeforeEach
  void project() throws IOException {
    bronze = new BronzeFixture(folder);
    Files.createDirectories(folder.resolve("data"));
  }

  @Test
  void bytesAreKeptExactly() {
    byte[] odd = {(byte) 0xff, 0, (byte) 0xc3, '\r', 'x', (byte) 0x80};
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(odd);
    content.writeBytes("\r\n\n  \n\r\r\nlast\r".getBytes(StandardCharsets.UTF_8));
    bronze.file("data/a.jsonl", content.toByteArray());
    bronze.ingest(GLOB);

    List<byte[]> payloads =
        bronze.records().stream().map(r -> BronzeFixture.bytes(r.getField("raw_payload"))).toList();
    assertThat(payloads.size(), is(5));
    assertThat(payloads.get(0), is(odd));
    assertThat(payloads.get(1), is(new byte[0]));
    assertThat(payloads.get(2), is("  ".getBytes(StandardCharsets.UTF_8)));
    assertThat(payloads.get(3), is("\r".getBytes(StandardCharsets.UTF_8)));
    assertThat(payloads.get(4), is("last\r".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aRecordOfFiftyMegabytesIsIngestedWhole() {
    byte[] content = new byte[(50 << 20) + 3];
    Arrays.fill(content, (byte) 'x');
    content[1] = '\n';
    content[content.length - 1] = '\n';
    bronze.file("data/a.jsonl", content);
    bronze.ingest(GLOB);

    List<Record> rows = bronze.records();
    assertThat(rows.size(), is(2));
    byte[] payload = BronzeFixture.bytes(rows.get(1).getField("raw_payload"));
    assertThat(
        Arrays.equals(payload, Arrays.copyOfRange(content, 2, content.length - 1)), is(true));
  }

  @Test
  void compressedFilesOfSeveralMembersAreReadToTheEnd() {
    bronze.file("data/a.jsonl.gz", join(gzip("1\n2"), gzip("3\n"), gzip(""), gzip("4\n")));
    bronze.file("data/b.jsonl.zst", join(zstd("5\n6"), zstd("7\n")));
    bronze.ingest(GLOB);
    assertThat(
        bronze.rows(),
        contains(
            "data/a.jsonl.gz:0=1",
            "data/a.jsonl.gz:1=23",
            "data/a.jsonl.gz:2=4",
            "data/b.jsonl.zst:0=5",
            "data/b.jsonl.zst:1=67"));
  }

  @Test
  void aBrokenFileCostsNoOtherFileAnythingAndIsTriedAgain() {
    byte[] whole = gzip("1\n2\n");
    byte[] flipped = whole.clone();
    flipped[flipped.length - 6] ^= 1;
    bronze.file("data/a.jsonl.gz", Arrays.copyOf(whole, whole.length - 3));
    bronze.file("data/b.jsonl.gz", flipped);
    bronze.file("data/c.jsonl.gz", join(whole, new byte[] {1, 2, 3}));
    bronze.file("data/d.jsonl.gz", "no gzip");
    bronze.file("data/e.jsonl.gz", new byte[0]);
    bronze.file("data/f.jsonl.zst", Arrays.copyOf(zstd("1\n2\n"), 9));
    bronze.file("data/g.jsonl.zst", "no zstd");
    bronze.file("data/h.jsonl", "good\n");
    CommittedSnapshot result = bronze.ingest(GLOB);

    assertThat(result.getStatus(), is(CommittedSnapshot.INCOMPLETE));
    assertThat(result.getMessage(), startsWith("Cannot read data/a.jsonl.gz: "));
    assertThat(result.getMessage(), containsString("and 2 more files like these"));
    assertThat(result.count(CommittedSnapshot.FILES_READ), is(1L));
    assertThat(bronze.rows(), contains("data/h.jsonl:0=good"));

    bronze.file("data/a.jsonl.gz", whole);
    bronze.ingest("data/a*");
    assertThat(
        bronze.rows(),
        contains("data/a.jsonl.gz:0=1", "data/a.jsonl.gz:1=2", "data/h.jsonl:0=good"));
  }

  @Test
  void aLargeFileThatBreaksHalfWayLeavesNoRowAndNoDataFile() {
    byte[] whole = gzip("some record\n".repeat(10_000));
    bronze.file("data/a.jsonl.gz", Arrays.copyOf(whole, whole.length - 5));
    bronze.file("data/b.jsonl", "good\n");
    IngestRequest request = bronze.request(GLOB);
    List<SourceFile> files = IngestPlan.of(bronze.catalog, request).newFiles();
    WrittenBatch written = bronze.write(request, files, 1000);

    assertThat(written.failures().size(), is(1));
    assertThat(bronze.parquetFiles(), is(1L));
    bronze.commit(List.of(written));
    assertThat(bronze.rows(), contains("data/b.jsonl:0=good"));
  }

  @Test
  void aLargeFileGetsADataFileOfItsOwn() {
    bronze.file("data/a.jsonl", "record\n".repeat(1000));
    bronze.file("data/b.jsonl", "good\n");
    IngestRequest request = bronze.request(GLOB);
    List<SourceFile> files = IngestPlan.of(bronze.catalog, request).newFiles();
    WrittenBatch written = bronze.write(request, files, 1000);

    assertThat(written.units().size(), is(2));
    assertThat(bronze.commit(List.of(written)).count(CommittedSnapshot.ROWS_READ), is(1001L));
    assertThat(bronze.rows().size(), is(1001));
  }

  @Test
  void anEmptyFileIsRememberedAndHasNoRows() {
    bronze.file("data/a.jsonl", "");
    CommittedSnapshot first = bronze.ingest(GLOB);
    assertThat(first.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(first.count(CommittedSnapshot.FILES_READ), is(1L));
    assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(bronze.rows(), is(empty()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          appended         | 1;2;  | 1    | it had 2 bytes when it was ingested and has 4 now
          cut              | ''    | 1    | it had 2 bytes when it was ingested and has 0 now
          of the same size | 2;    | 1    | it holds something else than when it was ingested
          only touched     | 1;    | 1    |
          set back in time | 2;    | -100 | it holds something else than when it was ingested
          as it was        | 1;    | 0    |
          """)
  void aFileThatChangedIsAnErrorAndNotIngestedAgain(
      String how, String content, long secondsLater, String error) throws IOException {
    for (String name : List.of("data/a.jsonl", "data/a.jsonl.gz")) {
      boolean packed = name.endsWith(".gz");
      Path file = bronze.file(name, packed ? gzip("1\n") : "1\n".getBytes(UTF_8));
      FileTime written = Files.getLastModifiedTime(file);
      bronze.ingest(GLOB);
      String text = content.replace(';', '\n');
      bronze.file(name, packed ? gzip(text) : text.getBytes(UTF_8));
      Files.setLastModifiedTime(file, FileTime.from(written.toInstant().plusSeconds(secondsLater)));
      bronze.file("data/new-" + packed + ".jsonl", "new\n");
      CommittedSnapshot result = bronze.ingest(GLOB);

      if (error == null) {
        assertThat(result.getMessage(), is(nullValue()));
        assertThat(result.getStatus(), is(CommittedSnapshot.COMMITTED));
      } else {
        assertThat(result.getMessage(), startsWith("Cannot ingest " + name + " again: "));
        assertThat(result.getMessage(), packed ? endsWith(MEND) : endsWith(error + MEND));
        assertThat(result.getStatus(), is(CommittedSnapshot.INCOMPLETE));
        assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.INCOMPLETE));
        Files.delete(file);
      }
      assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.UNCHANGED));
      assertThat(bronze.rows(), hasItems(name + ":0=1", "data/new-" + packed + ".jsonl:0=new"));
    }
    assertThat(bronze.rows().size(), is(4));
  }

  @Test
  void aFileOfWhichNoChecksumWasKeptIsToldOnlyWhereItMayHaveChanged() throws IOException {
    Path same = bronze.file("data/same.jsonl", "1\n");
    Path touched = bronze.file("data/touched.jsonl", "1\n");
    FileChanges changes = new FileChanges(() -> null);
    long time = Files.getLastModifiedTime(touched).toMillis();
    changes.compare(entry(2, time), listed(touched, time));
    assertThat(changes.untold(), is(Optional.empty()));
    changes.compare(entry(2, time), listed(touched, time + 1));
    changes.compare(entry(IngestedFiles.UNKNOWN, IngestedFiles.UNKNOWN), listed(same, time));
    assertThat(changes.changed(), is(empty()));
    assertThat(
        changes.untold().orElseThrow(),
        startsWith("Cannot tell whether " + touched + " changed since"));
  }

  private static IngestedFiles.Entry entry(long size, long modified) {
    return new IngestedFiles.Entry(size, modified, IngestedFiles.UNKNOWN);
  }

  private static SourceFile listed(Path file, long modified) {
    return new SourceFile(file.toString(), file.toString(), 2, modified);
  }

  @Test
  void aPatternThatMatchesNothingIsTold() {
    bronze.file("data/_a.jsonl", "1\n");
    IngestPlan plan = IngestPlan.of(bronze.catalog, bronze.request(GLOB));
    assertThat(plan.hasNews(), is(false));
    assertThat(plan.messages(), contains(containsString("none matches " + GLOB)));
    bronze.file("data/a.jsonl", "1\n");
    assertThat(IngestPlan.of(bronze.catalog, bronze.request(GLOB)).messages(), is(empty()));
  }

  @Test
  void aFileThatIsWrittenAnewWhileItIsReadIsLeftForTheNextRun() throws IOException {
    Path file = bronze.file("data/a.jsonl", "1\n");
    IngestRequest request = bronze.request(GLOB);
    List<SourceFile> files = IngestPlan.of(bronze.catalog, request).newFiles();
    bronze.file("data/a.jsonl", "2\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(files.get(0).modifiedMillis() + 5));
    WrittenBatch written = bronze.write(request, files, 1000);
    assertThat(written.failures(), contains(containsString("it was changed since it was listed")));
    bronze.commit(List.of(written));
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=2"));
  }

  @Test
  void aFileThatGrewSinceItWasListedIsLeftForTheNextRun() {
    Path file = bronze.file("data/a.jsonl", "1\n");
    IngestRequest request = bronze.request(GLOB);
    List<SourceFile> files = IngestPlan.of(bronze.catalog, request).newFiles();
    bronze.file("data/a.jsonl", "1\n2\n");
    WrittenBatch written = bronze.write(request, files, 1000);
    assertThat(written.failures().get(0), containsString("it had 2 bytes when it was listed"));
    assertThat(Files.exists(file), is(true));
    bronze.commit(List.of(written));
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1", "data/a.jsonl:1=2"));
  }

  private static byte[] zstd(String content) {
    return Zstd.compress(content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
