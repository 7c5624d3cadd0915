package org.beamlakehouse.io.internal.merge.graph;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Tells every shard of a table that is to be rebuilt, whether or not it gets changes. */
public final class RefreshShards
    extends PTransform<PCollection<TablePlan>, PCollection<KV<Shard, byte[]>>> {
  private static final long serialVersionUID = 1L;

  private final MergeTargets tables;

  public RefreshShards(MergeTargets tables) {
    this.tables = tables;
  }

  @Override
  public PCollection<KV<Shard, byte[]>> expand(PCollection<TablePlan> plans) {
    return plans.apply("Mark", ParDo.of(new MarkFn(tables))).setCoder(MergeTags.blockCoder());
  }

  private static final class MarkFn extends DoFn<TablePlan, KV<Shard, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final MergeTargets tables;

    MarkFn(MergeTargets tables) {
      this.tables = tables;
    }

    @ProcessElement
    public void mark(@Element TablePlan plan, OutputReceiver<KV<Shard, byte[]>> output) {
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH) {
        TableDefinition definition = tables.get(plan.table());
        int count =
            Sharding.of(SilverTables.target(tables.catalog(), definition), definition).count();
        for (int i = 0; i < count; i++) {
          output.output(KV.of(new Shard(plan.table(), i, count), ShardMerge.FULL_REFRESH));
        }
      }
    }
  }
}
