package org.beamlakehouse.io.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.Change.Kind;
import org.beamlakehouse.transforms.pack.ChangeBlock;
import org.beamlakehouse.transforms.pack.ChangeCodec;
import org.beamlakehouse.transforms.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Maps events to changes and collects those of one shard in blocks of bytes, which are shipped at a
 * fraction of the cost of single elements. Truncates go to every shard of their table.
 *
 * <p>A target table that is missing is created here, because its partitioning decides the shards.
 */
final class PackChanges
    extends PTransform<PCollection<ChangeEvent>, PCollection<KV<Shard, byte[]>>> {
  private static final long serialVersionUID = 1L;

  private final Tables tables;

  PackChanges(Tables tables) {
    this.tables = tables;
  }

  @Override
  public PCollection<KV<Shard, byte[]>> expand(PCollection<ChangeEvent> events) {
    return events
        .apply("Pack", ParDo.of(new PackFn(tables)))
        .setCoder(KvCoder.of(new Shard.Coder(), ByteArrayCoder.of()));
  }

  /** What a worker needs for the changes of one table. */
  private record Packer(ChangeMapper mapper, ChangeCodec codec, Sharding sharding, int firstKey) {}

  /** Where a block belongs. */
  private record Destination(BoundedWindow window, Shard shard) {}

  private static final class PackFn extends DoFn<ChangeEvent, KV<Shard, byte[]>> {
    private static final long serialVersionUID = 1L;

    /** Bytes of all unfinished blocks of a bundle; bounds memory where tables are many. */
    private static final long MAX_BUFFERED_BYTES = 64L * 1024 * 1024;

    private final Tables tables;
    private transient Map<String, Packer> packers;
    private transient Map<Destination, ChangeBlock.Writer> blocks;
    private transient long buffered;

    PackFn(Tables tables) {
      this.tables = tables;
    }

    @Setup
    public void setup() {
      packers = new HashMap<>();
    }

    @StartBundle
    public void startBundle() {
      blocks = new HashMap<>();
      buffered = 0;
    }

    @ProcessElement
    public void pack(
        @Element ChangeEvent event,
        BoundedWindow window,
        OutputReceiver<KV<Shard, byte[]>> output) {
      Packer packer = packers.computeIfAbsent(event.table(), this::packer);
      Change change = packer.mapper().map(event);
      int count = packer.sharding().count();
      if (change.kind() == Kind.TRUNCATE) {
        for (int i = 0; i < count; i++) {
          add(new Destination(window, new Shard(event.table(), i, count)), packer, change, output);
        }
      } else {
        int shard = packer.sharding().shardOf(change.values()[packer.firstKey()]);
        add(
            new Destination(window, new Shard(event.table(), shard, count)),
            packer,
            change,
            output);
      }
      MergeMetrics.CHANGES.inc();
    }

    private void add(
        Destination destination,
        Packer packer,
        Change change,
        OutputReceiver<KV<Shard, byte[]>> output) {
      ChangeBlock.Writer block =
          blocks.computeIfAbsent(destination, d -> ChangeBlock.writer(packer.codec()));
      int before = block.size();
      block.add(change);
      buffered += block.size() - before;
      if (block.isFull()) {
        // The element's own window and timestamp are those of the block.
        buffered -= block.size();
        output.output(KV.of(destination.shard(), block.finish()));
      } else if (buffered > MAX_BUFFERED_BYTES) {
        blocks.forEach(
            (other, writer) -> {
              if (!writer.isEmpty()) {
                output.outputWindowedValue(
                    KV.of(other.shard(), writer.finish()),
                    other.window().maxTimestamp(),
                    List.of(other.window()),
                    PaneInfo.NO_FIRING);
              }
            });
        blocks.clear();
        buffered = 0;
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      blocks.forEach(
          (destination, block) -> {
            if (!block.isEmpty()) {
              context.output(
                  KV.of(destination.shard(), block.finish()),
                  destination.window().maxTimestamp(),
                  destination.window());
            }
          });
      blocks = null;
    }

    private Packer packer(String table) {
      TableDefinition definition = tables.get(table);
      return new Packer(
          ChangeMapper.of(definition, tables.pipelineVersion()),
          ChangeCodec.of(definition),
          Sharding.of(SilverTables.target(tables.catalog(), definition), definition),
          definition.keyIndexes()[0]);
    }
  }
}
