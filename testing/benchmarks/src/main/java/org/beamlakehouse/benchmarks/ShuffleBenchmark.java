package org.beamlakehouse.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch of changes through a GroupByKey into buckets: as packed blocks, which is what the merge
 * does, and as one Beam row per change. A pipeline per invocation, its start-up included.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(1)
public class ShuffleBenchmark {
  private static final int PARTS = 8;
  private static final int BUCKETS = 8;

  /** Changes in the batch. */
  @Param({"100000"})
  private int changes;

  /** The runner's class name. */
  @Param({"DirectRunner", "FlinkRunner"})
  private String runner;

  /** One element per block. */
  @Benchmark
  public void packedBlocks() {
    run(
        parts ->
            parts
                .apply("Pack", ParDo.of(new PackFn(changes / PARTS)))
                .setCoder(KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of()))
                .apply("Group", GroupByKey.create())
                .apply("Unpack", ParDo.of(new UnpackFn())));
  }

  /** One element per change. */
  @Benchmark
  public void beamRows() {
    run(
        parts ->
            parts
                .apply("Rows", ParDo.of(new RowsFn(changes / PARTS)))
                .setCoder(KvCoder.of(VarIntCoder.of(), RowCoder.of(schema())))
                .apply("Group", GroupByKey.create())
                .apply("Read", ParDo.of(new ReadRowsFn())));
  }

  private interface Graph {
    void apply(PCollection<Integer> parts);
  }

  private void run(Graph graph) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=" + runner,
                "--enforceImmutability=false",
                "--enforceEncodability=false",
                "--targetParallelism=2")
            .create();
    Pipeline pipeline = Pipeline.create(options);
    graph.apply(
        pipeline.apply(
            Create.of(IntStream.range(0, PARTS).boxed().toList()).withCoder(VarIntCoder.of())));
    pipeline.run().waitUntilFinish();
  }

  private static Schema schema() {
    TableDefinition table = OrdersTable.of(StorageType.LATEST);
    Schema.Builder schema = Schema.builder();
    table
        .carriedColumns()
        .forEach(c -> schema.addNullableField(c.name(), c.type().toBeam().withNullable(true)));
    return schema.addByteArrayField("sequence").build();
  }

  /** Makes the changes of a part and packs them per bucket. */
  private static final class PackFn extends DoFn<Integer, KV<Integer, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final int count;

    PackFn(int count) {
      this.count = count;
    }

    @ProcessElement
    public void pack(@Element Integer part, OutputReceiver<KV<Integer, byte[]>> out) {
      TableDefinition table = OrdersTable.of(StorageType.LATEST);
      ChangeCodec codec = ChangeCodec.of(table);
      Map<Integer, ChangeBlock.Writer> writers = new HashMap<>();
      for (long i = 0; i < count; i++) {
        int bucket = (int) (i % BUCKETS);
        ChangeBlock.Writer writer = writers.computeIfAbsent(bucket, b -> ChangeBlock.writer(codec));
        writer.add(OrdersTable.upsert(table, part * (long) count + i, i));
        if (writer.isFull()) {
          out.output(KV.of(bucket, writer.finish()));
        }
      }
      writers.forEach((bucket, writer) -> out.output(KV.of(bucket, writer.finish())));
    }
  }

  private static final class UnpackFn extends DoFn<KV<Integer, Iterable<byte[]>>, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void unpack(@Element KV<Integer, Iterable<byte[]>> bucket, OutputReceiver<Long> out) {
      ChangeCodec codec = ChangeCodec.of(OrdersTable.of(StorageType.LATEST));
      long sum = 0;
      for (byte[] block : bucket.getValue()) {
        for (var change : ChangeBlock.of(codec, block)) {
          sum += (Long) change.values()[0];
        }
      }
      out.output(sum);
    }
  }

  /** Makes the changes of a part as rows. */
  private static final class RowsFn extends DoFn<Integer, KV<Integer, Row>> {
    private static final long serialVersionUID = 1L;

    private final int count;

    RowsFn(int count) {
      this.count = count;
    }

    @ProcessElement
    public void rows(@Element Integer part, OutputReceiver<KV<Integer, Row>> out) {
      TableDefinition table = OrdersTable.of(StorageType.LATEST);
      Schema schema = schema();
      for (long i = 0; i < count; i++) {
        var change = OrdersTable.upsert(table, part * (long) count + i, i);
        List<Object> values = new ArrayList<>(Arrays.asList(change.values()));
        values.add(change.sequence().bytes());
        out.output(KV.of((int) (i % BUCKETS), Row.withSchema(schema).attachValues(values)));
      }
    }
  }

  private static final class ReadRowsFn extends DoFn<KV<Integer, Iterable<Row>>, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void read(@Element KV<Integer, Iterable<Row>> bucket, OutputReceiver<Long> out) {
      long sum = 0;
      for (Row row : bucket.getValue()) {
        sum += row.getInt64(0);
      }
      out.output(sum);
    }
  }
}
