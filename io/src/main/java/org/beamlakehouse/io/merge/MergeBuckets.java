package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.MergeRule;
import org.beamlakehouse.transforms.merge.MergeRules;
import org.beamlakehouse.transforms.pack.ChangeBlock;
import org.beamlakehouse.transforms.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Merges the blocks of each shard into the table's stored rows and hands on what was written. */
final class MergeBuckets
    extends PTransform<
        PCollection<KV<Shard, Iterable<byte[]>>>, PCollection<KV<String, BucketResult>>> {
  private static final long serialVersionUID = 1L;

  /** A block that stands for a full refresh of the shard; real blocks are never empty. */
  static final byte[] FULL_REFRESH = new byte[0];

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
    private transient Map<String, ChangeCodec> codecs;
    private transient Map<String, MergeRule> rules;

    MergeFn(Tables tables) {
      this.tables = tables;
    }

    @Setup
    public void setup() {
      codecs = new HashMap<>();
      rules = new HashMap<>();
    }

    @ProcessElement
    public void merge(
        @Element KV<Shard, Iterable<byte[]>> element,
        OutputReceiver<KV<String, BucketResult>> output) {
      long started = System.nanoTime();
      Shard shard = element.getKey();
      TableDefinition definition = tables.get(shard.table());
      ChangeCodec codec = codecs.computeIfAbsent(shard.table(), t -> ChangeCodec.of(definition));
      MergeRule rule = rules.computeIfAbsent(shard.table(), t -> MergeRules.of(definition));
      TablePlan.Mode mode = TablePlan.Mode.INCREMENTAL;
      // Some runners let the values be looked at only once.
      List<byte[]> blocks = new ArrayList<>();
      for (byte[] block : element.getValue()) {
        if (block.length == 0) {
          mode = TablePlan.Mode.FULL_REFRESH;
        } else {
          blocks.add(block);
        }
      }
      Iterable<Change> changes =
          () ->
              blocks.stream()
                  .flatMap(
                      block -> {
                        List<Change> decoded = new ArrayList<>();
                        ChangeBlock.of(codec, block).forEach(decoded::add);
                        return decoded.stream();
                      })
                  .iterator();
      BucketResult result =
          new MergeBucket(tables.catalog(), definition, rule, tables.clock())
              .merge(shard, changes, mode);
      MergeMetrics.SHARD_MILLIS.update((System.nanoTime() - started) / 1_000_000);
      MergeMetrics.DATA_FILES_READ.inc(result.counts().get(MergeCounts.DATA_FILES_READ));
      MergeMetrics.ROWS_FETCHED.inc(result.counts().get(MergeCounts.ROWS_FETCHED));
      output.output(KV.of(shard.table(), result));
    }
  }
}
