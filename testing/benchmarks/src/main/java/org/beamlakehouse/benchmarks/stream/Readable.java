package org.beamlakehouse.benchmarks.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.SnapshotUtil;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Watches a table as a reader would: as soon as a snapshot is there, how long ago its rows were
 * written to the source, each row of it. It looks every 20 ms, which counts as part of the latency.
 */
final class Readable implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Supplier<Table> tables;
  private final Latencies latencies;
  private final Thread thread = new Thread(this::watch, "readable");
  private volatile boolean ended;
  private volatile @Nullable Instant begin;
  private volatile Instant newest = Instant.EPOCH;
  private @Nullable Long last;

  /** Begins to watch a table, which need not be there yet. */
  Readable(Supplier<Table> tables, Latencies latencies) {
    this.tables = tables;
    this.latencies = latencies;
    thread.start();
  }

  /** Rows written from this time on are measured. */
  void measureFrom(Instant time) {
    begin = time;
  }

  /** When the newest row that was readable at the last look was written. */
  Instant newest() {
    return newest;
  }

  private void watch() {
    Table table = null;
    while (!ended) {
      if (table == null) {
        table = open();
      } else {
        table.refresh();
        look(table);
      }
      pause();
    }
  }

  private @Nullable Table open() {
    try {
      return tables.get();
    } catch (NoSuchTableException e) {
      return null;
    }
  }

  private void look(Table table) {
    Instant now = Instant.now();
    Snapshot current = table.currentSnapshot();
    if (current == null || (last != null && current.snapshotId() == last)) {
      return;
    }
    for (Snapshot snapshot :
        SnapshotUtil.ancestorsBetween(current.snapshotId(), last, table::snapshot)) {
      for (DataFile file :
          SnapshotChanges.builderFor(table).snapshot(snapshot).build().addedDataFiles()) {
        measure(table, file, now);
      }
    }
    last = current.snapshotId();
  }

  private void measure(Table table, DataFile file, Instant now) {
    Schema written = table.schema().select("updated_at");
    try (CloseableIterable<Record> rows =
        Parquet.read(table.io().newInputFile(file.location()))
            .project(written)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(written, type))
            .build()) {
      Instant from = begin;
      for (Record row : rows) {
        Instant time = ((OffsetDateTime) row.getField("updated_at")).toInstant();
        if (time.isAfter(newest)) {
          newest = time;
        }
        if (from != null && !time.isBefore(from)) {
          latencies.add(ChronoUnit.MICROS.between(time, now));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file.location() + ": " + e.getMessage(), e);
    }
  }

  /** When each key that the table has was written last. */
  static Map<Long, Instant> contents(Table table) {
    Map<Long, Instant> written = new HashMap<>();
    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(table).select("id", "updated_at").build()) {
      for (Record row : rows) {
        written.put(
            (Long) row.getField("id"), ((OffsetDateTime) row.getField("updated_at")).toInstant());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the table: " + e.getMessage(), e);
    }
    return written;
  }

  /** Waits until the next look. */
  static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot go on watching: interrupted", e);
    }
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot end the watch: interrupted", e);
    }
  }
}
