package org.beamlakehouse.io.bronze;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.files.SourceFile;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.FileStores;
import org.beamlakehouse.io.spread.Spread;

/**
 * Appends the new files of sources to bronze tables: one record per line, exactly once over any
 * number of runs, whatever run is killed at whatever point.
 *
 * <p>Takes requests, at most one per source and run, and gives one {@link CommittedSnapshot} per
 * bronze table (and window), also where nothing was new: status {@code committed} with the one
 * snapshot of the run, {@code unchanged} without a snapshot, or {@code incomplete} where a file
 * could not be read, or was changed after it was ingested. Such a file is left out as a whole, the
 * message names it, every other file is committed, and the next run tries it again. Counts are
 * {@code rows_read}, {@code rows_inserted} and {@code files_read}. The bronze table exists
 * afterwards in any case.
 *
 * <p>The pipeline fails where a path cannot name files ({@link
 * org.beamlakehouse.io.files.FileListing}), where the table cannot be written, and where another
 * run ingested some of the same files at the same time; running again is always safe.
 */
public final class IngestFiles
    extends PTransform<PCollection<IngestRequest>, PCollection<CommittedSnapshot>> {
  private final CatalogConfig catalog;

  /** Ingests into tables of a catalog. */
  public IngestFiles(CatalogConfig catalog) {
    this.catalog = catalog;
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<IngestRequest> requests) {
    return requests
        .apply("PlanFiles", ParDo.of(new PlanFiles(catalog)))
        .setCoder(SerializableCoder.of(FileBatch.class))
        // Spreads the files over the workers, and keeps a runner from planning twice.
        .apply("Spread", Spread.evenly())
        .apply("WriteFiles", ParDo.of(new WriteFiles(catalog)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(WrittenBatch.class)))
        .apply("GroupByTable", GroupByKey.create())
        .apply("CommitFiles", ParDo.of(new CommitFiles(catalog)));
  }

  /** Lists each request's new files; at least one batch per request, so that each is committed. */
  private static final class PlanFiles extends DoFn<IngestRequest, FileBatch> {
    private final CatalogConfig catalog;

    PlanFiles(CatalogConfig catalog) {
      this.catalog = catalog;
    }

    @ProcessElement
    public void plan(@Element IngestRequest request, OutputReceiver<FileBatch> out) {
      long started = System.currentTimeMillis();
      Table table = BronzeTables.createIfMissing(catalog, request.table());
      IngestPlan plan = IngestPlan.of(catalog, request, table);
      List<String> failures = plan.changed().stream().map(ChangedFile::error).toList();
      out.output(new FileBatch(request, List.of(), failures, started));
      for (List<SourceFile> files : plan.batches()) {
        out.output(new FileBatch(request, files, List.of(), started));
      }
    }
  }

  /** Writes data files that no snapshot has yet. */
  private static final class WriteFiles extends DoFn<FileBatch, KV<String, WrittenBatch>> {
    private final CatalogConfig catalog;

    WriteFiles(CatalogConfig catalog) {
      this.catalog = catalog;
    }

    @ProcessElement
    public void write(@Element FileBatch batch, OutputReceiver<KV<String, WrittenBatch>> out) {
      String table = batch.request().table();
      WrittenBatch written =
          batch.files().isEmpty()
              ? new WrittenBatch(
                  batch.request(), List.of(), batch.failures(), batch.startedMillis())
              : new BronzeFileWriter(
                      Catalogs.load(catalog, table),
                      () -> FileStores.open(catalog),
                      IngestMetrics.RECORDS::inc)
                  .write(batch);
      IngestMetrics.FAILED_FILES.inc(written.failures().size());
      out.output(KV.of(table, written));
    }
  }

  /** Commits what the run wrote for a table. */
  private static final class CommitFiles
      extends DoFn<KV<String, Iterable<WrittenBatch>>, CommittedSnapshot> {
    private final CatalogConfig catalog;

    CommitFiles(CatalogConfig catalog) {
      this.catalog = catalog;
    }

    @ProcessElement
    public void commit(
        @Element KV<String, Iterable<WrittenBatch>> batches,
        OutputReceiver<CommittedSnapshot> out) {
      List<WrittenBatch> written = new ArrayList<>();
      batches.getValue().forEach(written::add);
      out.output(
          new BronzeCommit(Catalogs.load(catalog, batches.getKey()), batches.getKey(), written)
              .commit());
    }
  }
}
