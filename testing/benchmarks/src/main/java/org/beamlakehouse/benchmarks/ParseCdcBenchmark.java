package org.beamlakehouse.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Debezium messages from a record's bytes to events, and on to the packed block that the merge
 * ships: what one core does per second of each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ParseCdcBenchmark {
  private static final int RECORDS = 2_000;

  /** How messages are written. */
  public enum Form {
    /** The envelope alone. */
    BARE,
    /** The envelope as the payload behind its schema. */
    SCHEMA,
    /** The row with the operation and its place beside the columns. */
    FLAT
  }

  /** How the messages of this run are written. */
  @Param({"BARE", "SCHEMA", "FLAT"})
  public Form form;

  private RecordParser parser;
  private ChangeMapper mapper;
  private ChangeCodec codec;
  private List<RawRecord> records;
  private List<ChangeEvent> events;
  private List<Change> changes;

  /** Makes the messages, and what they become. */
  @Setup
  public void prepare() {
    TableDefinition table = OrderMessages.table();
    parser = RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(table));
    mapper = ChangeMapper.of(table, "1");
    codec = ChangeCodec.of(table);
    records = OrderMessages.records(form, RECORDS);
    events = new ArrayList<>();
    parseTo(events::add);
    changes = events.stream().map(mapper::map).toList();
    if (events.size() != RECORDS) {
      throw new IllegalStateException(events.size() + " events of " + RECORDS + " records");
    }
  }

  /** Bytes to events. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void parse(Blackhole sink) {
    parseTo(sink::consume);
  }

  /** Events to the changes of the merge rules. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void map(Blackhole sink) {
    for (ChangeEvent event : events) {
      sink.consume(mapper.map(event));
    }
  }

  /** Changes to packed blocks. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public byte[] pack() {
    ChangeBlock.Writer block = ChangeBlock.writer(codec);
    changes.forEach(block::add);
    return block.finish();
  }

  /** Bytes to packed blocks. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public byte[] chain() {
    ChangeBlock.Writer block = ChangeBlock.writer(codec);
    parseTo(event -> block.add(mapper.map(event)));
    return block.finish();
  }

  private void parseTo(Consumer<ChangeEvent> consumer) {
    Sink sink = new Sink(consumer);
    for (RawRecord record : records) {
      parser.parse(record, null, sink);
    }
  }

  /** Passes on changes; every message must be one. */
  private record Sink(Consumer<ChangeEvent> consumer) implements ParseSink {
    @Override
    public void change(TableDefinition table, ChangeEvent event) {
      consumer.accept(event);
    }

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void deadLetter(String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void halt(TableDefinition table, String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void skipped(SkipReason reason) {
      throw new IllegalStateException("skipped: " + reason);
    }
  }
}
