package org.beamlakehouse.io.merge;

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
import org.beamlakehouse.io.iceberg.FailureMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the blocks of each shard into the table's stored rows and hands on what was written, and
 * the notes that came with the blocks.
 */
final class MergeBuckets
    extends PTransform<PCollection<KV<Shard, Iterable<byte[]>>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  private final Tables tables;

  MergeBuckets(Tables tables) {
    this.tables = tables;
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<Shard, Iterable<byte[]>>> shards) {
    PCollectionTuple merged =
        shards.apply(
            "Merge",
            ParDo.of(new MergeFn(tables))
                .withOutputTags(
                    IcebergMerge.RESULTS,
                    TupleTagList.of(IcebergMerge.OWN_NOTES).and(IcebergMerge.OTHER_NOTES)));
    merged
        .get(IcebergMerge.RESULTS)
        .setCoder(KvCoder.of(StringUtf8Coder.of(), new BucketResult.Coder()));
    merged.get(IcebergMerge.OWN_NOTES).setCoder(IcebergMerge.noteCoder());
    merged.get(IcebergMerge.OTHER_NOTES).setCoder(IcebergMerge.noteCoder());
    return merged;
  }

  private static final class MergeFn
      extends DoFn<KV<Shard, Iterable<byte[]>>, KV<String, BucketResult>> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(MergeBuckets.class);

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
        MultiOutputReceiver output)
        throws CoderException {
      Shard shard = element.getKey();
      if (shard.isOfNotes()) {
        OutputReceiver<KV<String, CommitNote>> notes =
            output.get(
                tables.has(shard.table()) ? IcebergMerge.OWN_NOTES : IcebergMerge.OTHER_NOTES);
        for (byte[] note : element.getValue()) {
          CommitNote decoded = CoderUtils.decodeFromByteArray(CommitNote.Coder.of(), note);
          notes.output(KV.of(decoded.table(), decoded));
        }
        return;
      }
      long started = System.nanoTime();
      long memory = MergeOptions.memory(options);
      BucketResult result;
      try {
        result =
            merges
                .computeIfAbsent(
                    shard.table(),
                    t -> new MergeBucket(tables.catalog(), tables.get(t), tables.clock(), memory))
                .merge(shard, element.getValue(), TablePlan.Mode.INCREMENTAL);
      } catch (RuntimeException e) {
        if (!tables.isTold(e)) {
          throw e;
        }
        LOG.debug("Cannot merge into {}", shard.table(), e);
        output
            .get(IcebergMerge.OWN_NOTES)
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
      output.get(IcebergMerge.RESULTS).output(KV.of(shard.table(), result));
    }
  }
}
