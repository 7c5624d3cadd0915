package org.beamlakehouse.io.internal.bronze.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.bronze.IngestFiles;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.catalog.FileStores;

/** A project folder with files to ingest, and runs over it, with and without a pipeline. */
public final class BronzeFixture {
  public static final String TABLE = "bronze.shop";

  final Path folder;
  public final CatalogConfig catalog;
  private int runs;

  public BronzeFixture(Path folder) {
    this.folder = folder;
    this.catalog = LocalCatalog.in(folder);
  }

  public Path file(String path, String content) {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  public Path file(String path, byte[] content) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] gzip(String content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public IngestRequest request(String path) {
    runs++;
    return IngestRequest.builder()
        .source("shop")
        .baseFolder(folder.toString())
        .path(path)
        .table(TABLE)
        .batchId("run-" + runs)
        .pipelineVersion("1.0")
        .ingestionMicros(1_700_000_000_000_000L + runs)
        .build();
  }

  /** Plans, writes and commits in this thread: the steps of the pipeline without the runner. */
  public CommittedSnapshot ingest(String path) {
    IngestRequest request = request(path);
    return commit(write(request));
  }

  public List<WrittenBatch> write(IngestRequest request) {
    Table table = BronzeTables.createIfMissing(catalog, request.table());
    IngestPlan plan = IngestPlan.of(catalog, request, table);
    List<WrittenBatch> written = new ArrayList<>();
    List<String> failures = plan.changed().stream().map(ChangedFile::error).toList();
    written.add(new WrittenBatch(request, List.of(), failures, 0));
    for (List<SourceFile> files : plan.batches()) {
      written.add(
          new BronzeFileWriter(table, () -> FileStores.open(catalog), n -> {})
              .write(new FileBatch(request, files, List.of(), 0)));
    }
    return written;
  }

  /** Writes one batch of given files, holding only so many bytes in memory. */
  public WrittenBatch write(IngestRequest request, List<SourceFile> files, int inMemory) {
    Table table = BronzeTables.createIfMissing(catalog, request.table());
    return new BronzeFileWriter(table, () -> FileStores.open(catalog), n -> {}, inMemory)
        .write(new FileBatch(request, files, List.of(), 0));
  }

  public CommittedSnapshot commit(List<WrittenBatch> written) {
    return new FilesCommit(catalog, table(), TABLE, written).commit();
  }

  /** Runs the real pipeline on the Direct runner and gives the status of its one result. */
  public void run(IngestRequest request, String expectedStatus, String expectedMessage) {
    Pipeline pipeline = Pipeline.create();
    PAssert.thatSingleton(pipeline.apply(Create.of(request)).apply(new IngestFiles(catalog)))
        .satisfies(new Expect(expectedStatus, expectedMessage));
    pipeline.run().waitUntilFinish();
  }

  private record Expect(String status, String message)
      implements org.apache.beam.sdk.transforms.SerializableFunction<CommittedSnapshot, Void> {
    @Override
    public Void apply(CommittedSnapshot snapshot) {
      if (!snapshot.getStatus().equals(status)
          || !String.valueOf(snapshot.getMessage()).startsWith(message)) {
        throw new AssertionError(snapshot.toString());
      }
      return null;
    }
  }

  public Table table() {
    return Catalogs.load(catalog, TABLE);
  }

  public int snapshots() {
    int count = 0;
    for (Snapshot ignored : table().snapshots()) {
      count++;
    }
    return count;
  }

  /** All rows as {@code file:position=payload}, sorted, by an independent reader. */
  public List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (Record row : records()) {
      rows.add(
          row.getField("source_file")
              + ":"
              + row.getField("source_position")
              + "="
              + new String(bytes(row.getField("raw_payload")), StandardCharsets.UTF_8));
    }
    rows.sort(Comparator.naturalOrder());
    return rows;
  }

  public List<Record> records() {
    try (CloseableIterable<Record> records = IcebergGenerics.read(table()).build()) {
      List<Record> all = new ArrayList<>();
      records.forEach(all::add);
      all.sort(
          Comparator.comparing((Record r) -> String.valueOf(r.getField("source_file")))
              .thenComparing(r -> (Long) r.getField("source_position")));
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Object buffer) {
    ByteBuffer view = ((ByteBuffer) buffer).duplicate();
    byte[] bytes = new byte[view.remaining()];
    view.get(bytes);
    return bytes;
  }

  long parquetFiles() {
    Path data = folder.resolve("warehouse/bronze/shop/data");
    if (!Files.exists(data)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(f -> f.toString().endsWith(".parquet")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
