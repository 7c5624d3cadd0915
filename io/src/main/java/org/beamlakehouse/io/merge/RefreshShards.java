package org.beamlakehouse.io.merge;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Tells every shard of a table that is to be rebuilt, whether or not it gets changes. */
final class RefreshShards
    extends PTransform<PCollection<TablePlan>, PCollection<KV<Shard, byte[]>>> {
  private static final long serialVersionUID = 1L;

  private final Tables tables;

  RefreshShards(Tables tables) {
    this.tables = tables;
  }

  @Override
  public PCollection<KV<Shard, byte[]>> expand(PCollection<TablePlan> plans) {
    return plans.apply("Mark", ParDo.of(new MarkFn(tables))).setCoder(IcebergMerge.blockCoder());
  }

  private static final class MarkFn extends DoFn<TablePlan, KV<Shard, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final Tables tables;

    MarkFn(Tables tables) {
      this.tables = tables;
    }

    @ProcessElement
    public void mark(@Element TablePlan plan, OutputReceiver<KV<Shard, byte[]>> output) {
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH) {
        TableDefinition definition = tables.get(plan.table());
        int count =
            Sharding.of(SilverTables.target(tables.catalog(), definition), definition).count();
        for (int i = 0; i < count; i++) {
          output.output(KV.of(new Shard(plan.table(), i, count), MergeBucket.FULL_REFRESH));
        }
      }
    }
  }
}
