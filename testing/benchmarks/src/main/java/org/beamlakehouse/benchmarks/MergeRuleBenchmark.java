package org.beamlakehouse.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One key through a merge rule: changes that arrive for a row that is stored. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class MergeRuleBenchmark {
  private static final long KEY = 17;

  /** {@code LATEST} is SCD type 1, {@code HISTORY} is SCD type 2. */
  @Param({"LATEST", "HISTORY"})
  private StorageType storage;

  /** Changes of the key in the batch. */
  @Param({"1", "10", "100000"})
  private int changes;

  private MergeRule rule;
  private List<StoredRow> stored;
  private List<Change> arriving;

  /** Stores two changes and lets others arrive, one of them late. */
  @Setup
  public void prepare() {
    TableDefinition table = OrdersTable.of(storage);
    rule = MergeRules.of(table);
    List<Change> first =
        List.of(OrdersTable.upsert(table, KEY, 10), OrdersTable.upsert(table, KEY, 20));
    stored = rule.merge(List.of(), List.of(), first).rows();
    arriving = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      arriving.add(OrdersTable.upsert(table, KEY, i == 1 ? 15 : 30 + i));
    }
  }

  /** Decides what to store. */
  @Benchmark
  public MergeRule.Result merge() {
    return rule.merge(stored, List.of(), arriving);
  }
}
