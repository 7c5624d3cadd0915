package org.beamlakehouse.io.bronze;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.io.bronze.plan.KafkaRequest;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.bronze.offsets.OffsetCommit;
import org.beamlakehouse.io.internal.bronze.offsets.RangeTask;
import org.beamlakehouse.io.internal.bronze.offsets.RangeWriter;
import org.beamlakehouse.io.internal.bronze.offsets.WrittenRanges;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.bronze.write.IngestMetrics;
import org.beamlakehouse.io.internal.bronze.write.IngestRun;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.kafka.RangeReader;
import org.beamlakehouse.io.internal.spread.Spread;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;

/**
 * Appends offsets of Kafka topics to bronze tables: each message exactly once over any number of
 * runs, whatever run is killed at whatever point, and however many run at a time.
 *
 * <p>Takes requests, at most one per source, and gives one {@link CommittedSnapshot} per bronze
 * table: status {@code committed} with the one snapshot of the run, or {@code unchanged} without
 * one. Counts are {@code rows_read} and {@code rows_inserted}. The bronze table exists afterwards
 * in any case. Each list of ranges becomes a data file or more; messages of a partition are in
 * order in their file, files are not in any.
 *
 * <p>The pipeline fails where Kafka does not answer or has deleted the offsets since they were
 * planned, where the table cannot be written, and where the table was rolled back since; running
 * again is always safe. With {@link #withRun} it may tell that instead, by a {@link
 * CommittedSnapshot} of the table with the status {@code failed}; nothing of the request is
 * committed then.
 */
public final class IngestKafka
    extends PTransform<PCollection<KafkaRequest>, PCollection<CommittedSnapshot>> {

  private final IngestRun run;
  private final List<KafkaSource> sources;

  /** Ingests from sources, to which requests refer by name, into tables of a catalog. */
  public IngestKafka(CatalogConfig catalog, List<KafkaSource> sources) {
    this(new IngestRun(catalog, RunStamp.NONE, OnFailure.THROW), sources);
  }

  private IngestKafka(IngestRun run, List<KafkaSource> sources) {
    this.run = run;
    this.sources = List.copyOf(sources);
  }

  /**
   * The same as a part of a run.
   *
   * @param stamp what the commits say of it in their snapshots
   * @param onFailure what becomes of the pipeline where one source fails
   */
  public IngestKafka withRun(RunStamp stamp, OnFailure onFailure) {
    return new IngestKafka(new IngestRun(run.catalog(), stamp, onFailure), sources);
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<KafkaRequest> requests) {
    return requests
        .apply("SplitRanges", ParDo.of(new SplitRanges(run)))
        .setCoder(SerializableCoder.of(RangeTask.class))
        // Spreads the ranges over the workers.
        .apply("Spread", Spread.evenly())
        .apply("WriteRanges", ParDo.of(new WriteRanges(run, sources)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(WrittenRanges.class)))
        .apply("GroupByTable", GroupByKey.create())
        .apply("CommitOffsets", ParDo.of(new CommitOffsets(run)));
  }

  /** Cuts each request's offsets into work; one task without work carries the plan. */
  private static final class SplitRanges extends DoFn<KafkaRequest, RangeTask> {
    private final IngestRun run;

    SplitRanges(IngestRun run) {
      this.run = run;
    }

    @ProcessElement
    public void split(@Element KafkaRequest request, OutputReceiver<RangeTask> tasks) {
      long started = System.currentTimeMillis();
      String table = request.run().table();
      try {
        BronzeTables.createIfMissing(run.catalog(), table);
      } catch (RuntimeException e) {
        String failure = run.told(table, e);
        tasks.output(new RangeTask(request.run(), List.of(), request.plan(), started, failure));
        return;
      }
      tasks.output(new RangeTask(request.run(), List.of(), request.plan(), started));
      for (List<OffsetRange> ranges : RangeTask.split(request.plan().ranges())) {
        tasks.output(new RangeTask(request.run(), ranges, null, started));
      }
    }
  }

  /** Writes data files that no snapshot has yet. */
  private static final class WriteRanges extends DoFn<RangeTask, KV<String, WrittenRanges>> {
    private final IngestRun run;
    private final List<KafkaSource> sources;
    private transient Map<String, RangeReader> readers;

    WriteRanges(IngestRun run, List<KafkaSource> sources) {
      this.run = run;
      this.sources = sources;
    }

    @Setup
    public void setUp() {
      readers = new HashMap<>();
    }

    @ProcessElement
    public void write(@Element RangeTask task, OutputReceiver<KV<String, WrittenRanges>> out) {
      String table = task.run().table();
      WrittenRanges written;
      try {
        written =
            task.ranges().isEmpty()
                ? new WrittenRanges(
                    task.run(),
                    task.plan(),
                    List.of(),
                    List.of(),
                    0,
                    task.startedMillis(),
                    task.failure())
                : new RangeWriter(
                        Catalogs.load(run.catalog(), table),
                        reader(task.run().source()),
                        IngestMetrics.RECORDS::inc)
                    .write(task);
      } catch (RuntimeException e) {
        written = WrittenRanges.failed(task, run.told(table, e));
      }
      out.output(KV.of(table, written));
    }

    private RangeReader reader(String name) {
      return readers.computeIfAbsent(
          name,
          unused ->
              new RangeReader(
                  sources.stream()
                      .filter(source -> source.name().equals(name))
                      .findFirst()
                      .orElseThrow(
                          () ->
                              new IllegalArgumentException(
                                  "Cannot read the source " + name + ": it was not given"))));
    }

    @Teardown
    public void tearDown() {
      readers.values().forEach(RangeReader::close);
      readers.clear();
    }
  }

  /** Commits what the run wrote for a table. */
  private static final class CommitOffsets
      extends DoFn<KV<String, Iterable<WrittenRanges>>, CommittedSnapshot> {
    private final IngestRun run;

    CommitOffsets(IngestRun run) {
      this.run = run;
    }

    @ProcessElement
    public void commit(
        @Element KV<String, Iterable<WrittenRanges>> ranges,
        OutputReceiver<CommittedSnapshot> out) {
      List<WrittenRanges> written = new ArrayList<>();
      ranges.getValue().forEach(written::add);
      out.output(commit(ranges.getKey(), written));
    }

    private CommittedSnapshot commit(String table, List<WrittenRanges> written) {
      long started = written.get(0).startedMillis();
      for (WrittenRanges one : written) {
        if (one.failure() != null) {
          // The progress of the plan stands for all of its ranges.
          return IngestRun.failed(table, one.failure(), started);
        }
      }
      try {
        return new OffsetCommit(Catalogs.load(run.catalog(), table), table, written, run.stamp())
            .commit();
      } catch (RuntimeException e) {
        return IngestRun.failed(table, run.told(table, e), started);
      }
    }
  }
}
