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
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.io.kafka.RangeReader;
import org.beamlakehouse.io.spread.Spread;

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
 * again is always safe.
 */
public final class IngestKafka
    extends PTransform<PCollection<KafkaRequest>, PCollection<CommittedSnapshot>> {
  private final CatalogConfig catalog;
  private final List<KafkaSource> sources;

  /** Ingests from sources, to which requests refer by name, into tables of a catalog. */
  public IngestKafka(CatalogConfig catalog, List<KafkaSource> sources) {
    this.catalog = catalog;
    this.sources = List.copyOf(sources);
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<KafkaRequest> requests) {
    return requests
        .apply("SplitRanges", ParDo.of(new SplitRanges(catalog)))
        .setCoder(SerializableCoder.of(RangeTask.class))
        // Spreads the ranges over the workers.
        .apply("Spread", Spread.evenly())
        .apply("WriteRanges", ParDo.of(new WriteRanges(catalog, sources)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(WrittenRanges.class)))
        .apply("GroupByTable", GroupByKey.create())
        .apply("CommitOffsets", ParDo.of(new CommitOffsets(catalog)));
  }

  /** Cuts each request's offsets into work; one task without work carries the plan. */
  private static final class SplitRanges extends DoFn<KafkaRequest, RangeTask> {
    private final CatalogConfig catalog;

    SplitRanges(CatalogConfig catalog) {
      this.catalog = catalog;
    }

    @ProcessElement
    public void split(@Element KafkaRequest request, OutputReceiver<RangeTask> out) {
      long started = System.currentTimeMillis();
      BronzeTables.createIfMissing(catalog, request.run().table());
      out.output(new RangeTask(request.run(), List.of(), request.plan(), started));
      for (List<OffsetRange> ranges : RangeTask.split(request.plan().ranges())) {
        out.output(new RangeTask(request.run(), ranges, null, started));
      }
    }
  }

  /** Writes data files that no snapshot has yet. */
  private static final class WriteRanges extends DoFn<RangeTask, KV<String, WrittenRanges>> {
    private final CatalogConfig catalog;
    private final List<KafkaSource> sources;
    private transient Map<String, RangeReader> readers;

    WriteRanges(CatalogConfig catalog, List<KafkaSource> sources) {
      this.catalog = catalog;
      this.sources = sources;
    }

    @Setup
    public void setUp() {
      readers = new HashMap<>();
    }

    @ProcessElement
    public void write(@Element RangeTask task, OutputReceiver<KV<String, WrittenRanges>> out) {
      String table = task.run().table();
      out.output(
          KV.of(
              table,
              task.ranges().isEmpty()
                  ? new WrittenRanges(
                      task.run(), task.plan(), List.of(), List.of(), 0, task.startedMillis())
                  : new RangeWriter(
                          Catalogs.load(catalog, table),
                          reader(task.run().source()),
                          IngestMetrics.RECORDS::inc)
                      .write(task)));
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
    private final CatalogConfig catalog;

    CommitOffsets(CatalogConfig catalog) {
      this.catalog = catalog;
    }

    @ProcessElement
    public void commit(
        @Element KV<String, Iterable<WrittenRanges>> ranges,
        OutputReceiver<CommittedSnapshot> out) {
      List<WrittenRanges> written = new ArrayList<>();
      ranges.getValue().forEach(written::add);
      out.output(
          new OffsetCommit(Catalogs.load(catalog, ranges.getKey()), ranges.getKey(), written)
              .commit());
    }
  }
}
