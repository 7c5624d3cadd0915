package org.beamlakehouse.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.files.LineRecords;
import org.beamlakehouse.io.internal.merge.changes.ShippedBlocks;
import org.beamlakehouse.io.internal.merge.commit.TableCommit;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.Clock;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The merge with no Beam around it: two threads parse files straight to packed blocks, two merge
 * the buckets, and one commit follows. It tells what Beam costs, because everything else is the
 * same. It lives in the package of the merge to call its workers, and keeps no bronze table.
 */
public final class PlainMerge {
  /** Bytes of changes that one shard may hold in memory. */
  private static final long MEMORY = 256L << 20;

  private static final int THREADS = 2;
  private static final int BUFFER_BYTES = 1 << 20;

  private final CatalogConfig catalog;
  private final TableDefinition table;

  /** A merge into a table of a catalog. */
  public PlainMerge(CatalogConfig catalog, TableDefinition table) {
    this.catalog = catalog;
    this.table = table;
  }

  /** Merges all changes of some files of JSON lines and commits once. */
  public void merge(List<Path> files) {
    Sharding sharding = Sharding.of(SilverTables.target(catalog, table), table);
    Map<Integer, ConcurrentLinkedQueue<byte[]>> blocks = new ConcurrentHashMap<>();
    IntStream.range(0, sharding.count()).forEach(i -> blocks.put(i, new ConcurrentLinkedQueue<>()));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      all(
          threads,
          files.stream()
              .<Callable<Void>>map(
                  file ->
                      () -> {
                        new Packing(sharding, blocks).pack(file);
                        return null;
                      })
              .toList());
      ShardMerge merge = new ShardMerge(catalog, table, Clock.SYSTEM, MEMORY);
      List<ShardResult> results =
          all(
              threads,
              IntStream.range(0, sharding.count())
                  .<Callable<ShardResult>>mapToObj(
                      i ->
                          () ->
                              merge.merge(
                                  new Shard(table.name(), i, sharding.count()),
                                  blocks.remove(i),
                                  TablePlan.Mode.INCREMENTAL))
                  .toList());
      new TableCommit(catalog, table, "plain", Clock.SYSTEM, merge)
          .commit(TablePlan.untracked(table.name()), List.of(), results);
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> List<T> all(ExecutorService threads, List<Callable<T>> tasks) {
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot merge: interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot merge: " + e.getCause().getMessage(), e.getCause());
    }
  }

  /** Parses one file to blocks. */
  private final class Packing implements ParseSink {
    private final Sharding sharding;
    private final Map<Integer, ConcurrentLinkedQueue<byte[]>> finished;
    private final ChangeMapper mapper = ChangeMapper.of(table, "plain");
    private final ChangeCodec codec = ChangeCodec.of(table);
    private final int firstKey = table.keyIndexes()[0];
    private final ChangeBlock.Writer[] writers;

    Packing(Sharding sharding, Map<Integer, ConcurrentLinkedQueue<byte[]>> finished) {
      this.sharding = sharding;
      this.finished = finished;
      this.writers = new ChangeBlock.Writer[sharding.count()];
      for (int i = 0; i < writers.length; i++) {
        writers[i] = ChangeBlock.writer(codec);
      }
    }

    void pack(Path file) {
      RecordParser parser = RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(table));
      Instant now = Instant.now();
      String name = file.getFileName().toString();
      long record = 0;
      try (LineRecords lines = new LineRecords(Files.newInputStream(file), BUFFER_BYTES)) {
        while (lines.next()) {
          byte[] payload =
              Arrays.copyOfRange(lines.bytes(), lines.start(), lines.start() + lines.length());
          SourcePosition position = SourcePosition.inFile(name, record++);
          parser.parse(RawRecord.of(table.source(), payload, null, position, now), null, this);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
      }
      for (int i = 0; i < writers.length; i++) {
        if (!writers[i].isEmpty()) {
          finished.get(i).add(ShippedBlocks.pack(writers[i].finish()));
        }
      }
    }

    @Override
    public void change(TableDefinition definition, ChangeEvent event) {
      Change change = mapper.map(event);
      int shard = sharding.shardOf(change.values()[firstKey]);
      writers[shard].add(change);
      if (writers[shard].isFull()) {
        finished.get(shard).add(ShippedBlocks.pack(writers[shard].finish()));
      }
    }

    @Override
    public void quarantine(TableDefinition definition, List<String> failedRules, String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void deadLetter(String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void halt(TableDefinition definition, String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void skipped(SkipReason reason) {
      throw new IllegalStateException("Cannot merge: a record is no change: " + reason);
    }
  }
}
