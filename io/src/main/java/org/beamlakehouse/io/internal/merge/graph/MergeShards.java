package org.beamlakehouse.io.internal.merge.graph;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.internal.merge.shard.MergeCounts;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.MergeOptions;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the blocks of each shard into the table's stored rows and hands on what was written, and
 * the notes that came with the blocks.
 */
public final class MergeShards
    extends PTransform<PCollection<KV<Shard, Iterable<byte[]>>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  private final MergeTargets tables;

  public MergeShards(MergeTargets tables) {
    this.tables = tables;
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<Shard, Iterable<byte[]>>> shards) {
    PCollectionTuple merged =
        shards.apply(
            "Merge",
            ParDo.of(new MergeFn(tables))
                .withOutputTags(
                    MergeTags.RESULTS,
                    TupleTagList.of(MergeTags.OWN_NOTES).and(MergeTags.OTHER_NOTES)));
    merged
        .get(MergeTags.RESULTS)
        .setCoder(KvCoder.of(StringUtf8Coder.of(), new ShardResult.Coder()));
    merged.get(MergeTags.OWN_NOTES).setCoder(MergeTags.noteCoder());
    merged.get(MergeTags.OTHER_NOTES).setCoder(MergeTags.noteCoder());
    return merged;
  }

  private static final class MergeFn
      extends DoFn<KV<Shard, Iterable<byte[]>>, KV<String, ShardResult>> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(MergeShards.class);

    private final MergeTargets tables;
    private transient Map<String, ShardMerge> merges;

    MergeFn(MergeTargets tables) {
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
        MultiOutputReceiver output)
        throws CoderException {
      Shard shard = element.getKey();
      if (shard.carriesNotes()) {
        OutputReceiver<KV<String, CommitNote>> notes =
            output.get(tables.has(shard.table()) ? MergeTags.OWN_NOTES : MergeTags.OTHER_NOTES);
        for (byte[] note : element.getValue()) {
          CommitNote decoded = CoderUtils.decodeFromByteArray(CommitNote.Coder.of(), note);
          notes.output(KV.of(decoded.table(), decoded));
        }
        return;
      }
      long started = System.nanoTime();
      long memory = MergeOptions.memory(options);
      ShardResult result;
      try {
        result =
            merges
                .computeIfAbsent(
                    shard.table(),
                    t -> new ShardMerge(tables.catalog(), tables.get(t), tables.clock(), memory))
                .merge(shard, element.getValue(), TablePlan.Mode.INCREMENTAL);
      } catch (RuntimeException e) {
        if (!tables.isTold(e)) {
          throw e;
        }
        LOG.debug("Cannot merge into {}", shard.table(), e);
        output
            .get(MergeTags.OWN_NOTES)
            .output(
                KV.of(
                    shard.table(),
                    CommitNote.failed(
                        shard.table(), FailureMessage.of("merge into", shard.table(), e))));
        return;
      }
      MergeMetrics.SHARD_MILLIS.update((System.nanoTime() - started) / 1_000_000);
      MergeMetrics.DATA_FILES_READ.inc(result.counts().get(MergeCounts.DATA_FILES_READ));
      MergeMetrics.PASSES.inc(result.counts().get(MergeCounts.PASSES));
      MergeMetrics.ROWS_FETCHED.inc(result.counts().get(MergeCounts.ROWS_FETCHED));
      output.get(MergeTags.RESULTS).output(KV.of(shard.table(), result));
    }
  }
}
