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
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.bronze.files.BronzeFileWriter;
import org.beamlakehouse.io.internal.bronze.files.ChangedFile;
import org.beamlakehouse.io.internal.bronze.files.FileBatch;
import org.beamlakehouse.io.internal.bronze.files.FilesCommit;
import org.beamlakehouse.io.internal.bronze.files.IngestPlan;
import org.beamlakehouse.io.internal.bronze.files.WrittenBatch;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.bronze.write.IngestMetrics;
import org.beamlakehouse.io.internal.bronze.write.IngestRun;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.catalog.FileStores;
import org.beamlakehouse.io.internal.spread.Spread;

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
 * org.beamlakehouse.io.internal.files.FileListing}) and where the table cannot be written; running
 * again is always safe, and so is another run at the same time: each file is taken in by one of
 * them. With {@link #withRun} it may tell that instead, by a {@link CommittedSnapshot} of the table
 * with the status {@code failed}, beside that of what was committed all the same.
 */
public final class IngestFiles
    extends PTransform<PCollection<IngestRequest>, PCollection<CommittedSnapshot>> {
  private final IngestRun run;

  /** Ingests into tables of a catalog. */
  public IngestFiles(CatalogConfig catalog) {
    this(new IngestRun(catalog, RunStamp.NONE, OnFailure.THROW));
  }

  private IngestFiles(IngestRun run) {
    this.run = run;
  }

  /**
   * The same as a part of a run.
   *
   * @param stamp what the commits say of it in their snapshots
   * @param onFailure what becomes of the pipeline where one source fails
   */
  public IngestFiles withRun(RunStamp stamp, OnFailure onFailure) {
    return new IngestFiles(new IngestRun(run.catalog(), stamp, onFailure));
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<IngestRequest> requests) {
    return requests
        .apply("PlanFiles", ParDo.of(new PlanFiles(run)))
        .setCoder(SerializableCoder.of(FileBatch.class))
        // Spreads the files over the workers, and keeps a runner from planning twice.
        .apply("Spread", Spread.evenly())
        .apply("WriteFiles", ParDo.of(new WriteFiles(run)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(WrittenBatch.class)))
        .apply("GroupByTable", GroupByKey.create())
        .apply("CommitFiles", ParDo.of(new CommitFiles(run)));
  }

  /** Lists each request's new files; at least one batch per request, so that each is committed. */
  private static final class PlanFiles extends DoFn<IngestRequest, FileBatch> {
    private final IngestRun run;

    PlanFiles(IngestRun run) {
      this.run = run;
    }

    @ProcessElement
    public void plan(@Element IngestRequest request, OutputReceiver<FileBatch> out) {
      long started = System.currentTimeMillis();
      List<FileBatch> batches = new ArrayList<>();
      try {
        Table table = BronzeTables.createIfMissing(run.catalog(), request.table());
        IngestPlan plan = IngestPlan.of(run.catalog(), request, table);
        List<String> failures = plan.changed().stream().map(ChangedFile::error).toList();
        batches.add(new FileBatch(request, List.of(), failures, started));
        for (List<SourceFile> files : plan.batches()) {
          batches.add(new FileBatch(request, files, List.of(), started));
        }
      } catch (RuntimeException e) {
        batches = List.of(FileBatch.failed(request, run.told(request.table(), e), started));
      }
      batches.forEach(out::output);
    }
  }

  /** Writes data files that no snapshot has yet. */
  private static final class WriteFiles extends DoFn<FileBatch, KV<String, WrittenBatch>> {
    private final IngestRun run;

    WriteFiles(IngestRun run) {
      this.run = run;
    }

    @ProcessElement
    public void write(@Element FileBatch batch, OutputReceiver<KV<String, WrittenBatch>> out) {
      String table = batch.request().table();
      WrittenBatch written;
      try {
        written =
            batch.files().isEmpty()
                ? new WrittenBatch(
                    batch.request(),
                    List.of(),
                    batch.failures(),
                    batch.startedMillis(),
                    batch.failure())
                : new BronzeFileWriter(
                        Catalogs.load(run.catalog(), table),
                        () -> FileStores.open(run.catalog()),
                        IngestMetrics.RECORDS::inc)
                    .write(batch);
      } catch (RuntimeException e) {
        written = WrittenBatch.failed(batch, run.told(table, e));
      }
      IngestMetrics.FAILED_FILES.inc(written.failures().size());
      out.output(KV.of(table, written));
    }
  }

  /** Commits what the run wrote for a table. */
  private static final class CommitFiles
      extends DoFn<KV<String, Iterable<WrittenBatch>>, CommittedSnapshot> {
    private final IngestRun run;

    CommitFiles(IngestRun run) {
      this.run = run;
    }

    @ProcessElement
    public void commit(
        @Element KV<String, Iterable<WrittenBatch>> batches,
        OutputReceiver<CommittedSnapshot> out) {
      String table = batches.getKey();
      List<WrittenBatch> written = new ArrayList<>();
      for (WrittenBatch batch : batches.getValue()) {
        if (batch.failure() != null) {
          out.output(IngestRun.failed(table, batch.failure(), batch.startedMillis()));
        } else {
          written.add(batch);
        }
      }
      if (written.isEmpty()) {
        return;
      }
      CommittedSnapshot committed;
      try {
        committed =
            new FilesCommit(
                    run.catalog(), Catalogs.load(run.catalog(), table), table, written, run.stamp())
                .commit();
      } catch (RuntimeException e) {
        committed = IngestRun.failed(table, run.told(table, e), written.get(0).startedMillis());
      }
      out.output(committed);
    }
  }
}
