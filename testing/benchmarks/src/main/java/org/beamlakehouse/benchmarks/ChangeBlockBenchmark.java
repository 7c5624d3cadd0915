package org.beamlakehouse.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Changes into packed blocks and back: what each change costs on its way through the shuffle. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ChangeBlockBenchmark {
  private static final int CHANGES = 1_000;

  private ChangeCodec codec;
  private List<Change> changes;
  private byte[] block;

  /** Makes the changes of one block. */
  @Setup
  public void prepare() {
    TableDefinition table = OrdersTable.of(StorageType.LATEST);
    codec = ChangeCodec.of(table);
    changes =
        LongStream.range(0, CHANGES)
            .mapToObj(i -> OrdersTable.upsert(table, i * 7919 % 100_000, i))
            .toList();
    block = pack();
  }

  /** Packs changes into one block. */
  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public byte[] pack() {
    ChangeBlock.Writer writer = ChangeBlock.writer(codec);
    changes.forEach(writer::add);
    return writer.finish();
  }

  /** Walks over the keys of a block, as grouping by key does. */
  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public int keys() {
    ChangeBlock.Cursor cursor = ChangeBlock.of(codec, block).cursor();
    int sum = 0;
    while (cursor.hasNext()) {
      cursor.advance();
      sum += cursor.keyLength();
    }
    return sum;
  }

  /** Decodes all changes of a block. */
  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public void unpack(Blackhole sink) {
    ChangeBlock.of(codec, block).forEach(sink::consume);
  }
}
