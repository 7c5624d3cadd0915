package org.beamlakehouse.io.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.transforms.change.ChangeEvent;

/** Packs the changes of a bundle; see {@link ChangePacking}. */
final class PackChanges
    extends PTransform<PCollection<ChangeEvent>, PCollection<KV<Shard, byte[]>>> {
  private static final long serialVersionUID = 1L;

  private final MergeTargets tables;

  PackChanges(MergeTargets tables) {
    this.tables = tables;
  }

  @Override
  public PCollection<KV<Shard, byte[]>> expand(PCollection<ChangeEvent> events) {
    return events.apply("Pack", ParDo.of(new PackFn(tables))).setCoder(IcebergMerge.blockCoder());
  }

  private static final class PackFn extends DoFn<ChangeEvent, KV<Shard, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final MergeTargets tables;
    private transient ChangePacking packing;
    private transient Map<BoundedWindow, ChangePacking.Packer> windows;

    PackFn(MergeTargets tables) {
      this.tables = tables;
    }

    @Setup
    public void setup() {
      packing = new ChangePacking(tables);
    }

    @StartBundle
    public void startBundle() {
      windows = new HashMap<>();
    }

    @ProcessElement
    public void pack(
        @Element ChangeEvent event,
        BoundedWindow window,
        OutputReceiver<KV<Shard, byte[]>> output) {
      windows
          .computeIfAbsent(window, w -> packing.packer())
          .add(
              event,
              block ->
                  output.outputWindowedValue(
                      block, window.maxTimestamp(), List.of(window), PaneInfo.NO_FIRING));
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      windows.forEach(
          (window, packer) ->
              packer.flush(block -> context.output(block, window.maxTimestamp(), window)));
      windows = null;
    }
  }
}
