package org.beamlakehouse.io.merge;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** Merges the blocks of each shard into the table's stored rows and hands on what was written. */
final class MergeBuckets
    extends PTransform<
        PCollection<KV<Shard, Iterable<byte[]>>>, PCollection<KV<String, BucketResult>>> {
  private static final long serialVersionUID = 1L;

  private final Tables tables;

  MergeBuckets(Tables tables) {
    this.tables = tables;
  }

  @Override
  public PCollection<KV<String, BucketResult>> expand(
      PCollection<KV<Shard, Iterable<byte[]>>> shards) {
    return shards
        .apply("Merge", ParDo.of(new MergeFn(tables)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), new BucketResult.Coder()));
  }

  private static final class MergeFn
      extends DoFn<KV<Shard, Iterable<byte[]>>, KV<String, BucketResult>> {
    private static final long serialVersionUID = 1L;

    private final Tables tables;
    private transient Map<String, MergeBucket> merges;

    MergeFn(Tables tables) {
      this.tables = tables;
    }

    @Setup
    public void setup() {
      merges = new HashMap<>();
    }

    @ProcessElement
    public void merge(
        @Element KV<Shard, Iterable<byte[]>> element,
        PipelineOptions options,
        OutputReceiver<KV<String, BucketResult>> output) {
      long started = System.nanoTime();
      long memory = MergeOptions.memory(options);
      Shard shard = element.getKey();
      BucketResult result =
          merges
              .computeIfAbsent(
                  shard.table(),
                  t -> new MergeBucket(tables.catalog(), tables.get(t), tables.clock(), memory))
              .merge(shard, element.getValue(), TablePlan.Mode.INCREMENTAL);
      MergeMetrics.SHARD_MILLIS.update((System.nanoTime() - started) / 1_000_000);
      MergeMetrics.DATA_FILES_READ.inc(result.counts().get(MergeCounts.DATA_FILES_READ));
      MergeMetrics.PASSES.inc(result.counts().get(MergeCounts.PASSES));
      MergeMetrics.ROWS_FETCHED.inc(result.counts().get(MergeCounts.ROWS_FETCHED));
      output.output(KV.of(shard.table(), result));
    }
  }
}
