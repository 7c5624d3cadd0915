package org.beamlakehouse.io.internal.merge.stored;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.DeleteLoader;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.VectorizedReader;
import org.apache.iceberg.util.PartitionUtil;
import org.beamlakehouse.io.internal.iceberg.datafile.NameMappings;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the live rows of a target table, in two steps so that whole rows are read only on need. */
public final class TargetReader {
  private static final int ROWS_PER_BATCH = 4096;

  private final TableState state;
  private final TargetShape shape;
  private final ChangeCodec codec;
  private final FilePlanner planner;
  private final DeleteLoader deletes;
  private final NameMapping names;
  private final Map<String, StoredFile> known = new LinkedHashMap<>();
  private final AtomicLong filesRead = new AtomicLong();
  private final AtomicLong rowsFetched = new AtomicLong();

  public TargetReader(TableState state, TargetShape shape, ChangeCodec codec, FilePlanner planner) {
    this.state = state;
    this.shape = shape;
    this.codec = codec;
    this.planner = planner;
    this.names = NameMappings.of(state.target());
    this.deletes = new BaseDeleteLoader(file -> state.target().io().newInputFile(file));
  }

  /**
   * The live files that may hold rows of a condition; asked again, the same objects.
   *
   * @throws UnsupportedOperationException where one of them has equality deletes
   */
  public List<StoredFile> files(Expression filter) {
    List<StoredFile> files = new ArrayList<>();
    if (state.base() == null) {
      return files;
    }
    try {
      for (FileScanTask task : planner.plan(state.target(), state.base(), filter)) {
        files.add(
            known.computeIfAbsent(
                task.file().location(), l -> new StoredFile(task, deleted(task))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot plan a merge into " + name() + ": " + e.getMessage(), e);
    }
    return files;
  }

  /** All files that were ever asked for. */
  public Collection<StoredFile> files() {
    return known.values();
  }

  private @Nullable PositionDeleteIndex deleted(FileScanTask task) {
    if (task.deletes().isEmpty()) {
      return null;
    }
    for (DeleteFile delete : task.deletes()) {
      if (delete.content() == FileContent.EQUALITY_DELETES) {
        throw new UnsupportedOperationException(
            String.format(
                "Cannot merge into %s: its file %s has equality deletes, which only a rewrite of"
                    + " the table's files removes; rewrite them with the engine that wrote them",
                name(), task.file().location()));
      }
    }
    return deletes.loadPositionDeletes(task.deletes(), task.file().location());
  }

  /**
   * First step: finds the rows of wanted keys by their key columns, with the columns that decide
   * between changes but without values. Stops early where the found rows are full.
   *
   * @param filter leaves out row groups that hold no wanted key
   */
  public void scan(KeyScan.Target target, Expression filter) {
    filesRead.incrementAndGet();
    StoredFile file = target.file();
    Schema columns = shape.decidingSchema();
    Map<Integer, ?> constants = PartitionUtil.constantsMap(file.task());
    try (CloseableIterable<VectorizedReader<?>> batches =
        read(file, columns, filter)
            .createBatchedReaderFunc(
                inFile -> {
                  KeyScan scan = KeyScan.of(inFile, shape, target);
                  return scan != null
                      ? scan
                      : new RowScan(
                          InternalReader.create(columns, inFile, constants), shape, codec, target);
                })
            .recordsPerBatch(ROWS_PER_BATCH)
            .build()) {
      for (Iterator<?> all = batches.iterator(); all.hasNext() && !target.found().isFull(); ) {
        all.next();
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Files of which keys were read so far. */
  public long filesRead() {
    return filesRead.get();
  }

  /** Rows of which all columns were read so far. */
  public long rowsFetched() {
    return rowsFetched.get();
  }

  /**
   * Second step: reads the values of some found rows.
   *
   * @param wanted numbers of the rows, each once
   * @param files the files that were scanned
   * @param receiver gets the rows by their numbers
   */
  public void fetch(
      FoundRows found, int[] wanted, List<StoredFile> files, WantedRows.Receiver receiver) {
    // By file and position, as they are read.
    Integer[] order = Arrays.stream(wanted).boxed().toArray(Integer[]::new);
    Arrays.sort(
        order, Comparator.<Integer>comparingInt(found::file).thenComparingLong(found::position));
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && found.file(order[to]) == found.file(order[from])) {
        to++;
      }
      Iterator<Integer> ofFile = Arrays.asList(order).subList(from, to).iterator();
      fetch(files.get(found.file(order[from])), new WantedRows(shape, found, ofFile, receiver));
      rowsFetched.addAndGet(to - from);
      from = to;
    }
  }

  private void fetch(StoredFile file, WantedRows wanted) {
    Schema columns = shape.wholeSchema();
    Map<Integer, ?> constants = PartitionUtil.constantsMap(file.task());
    try (CloseableIterable<VectorizedReader<?>> batches =
        read(file, columns, Expressions.alwaysTrue())
            .createBatchedReaderFunc(
                inFile -> {
                  ColumnFetch fetch = ColumnFetch.of(inFile, columns, wanted);
                  return fetch != null
                      ? fetch
                      : new RowFetch(InternalReader.create(columns, inFile, constants), wanted);
                })
            .recordsPerBatch(ROWS_PER_BATCH)
            .build()) {
      for (Iterator<?> all = batches.iterator(); all.hasNext() && !wanted.isDone(); ) {
        all.next();
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (!wanted.isDone()) {
      throw new IllegalStateException(
          String.format(
              "Cannot merge into %s: rows of %s were not found again; the file was changed in"
                  + " place",
              name(), file.file().location()));
    }
  }

  private Parquet.ReadBuilder read(StoredFile file, Schema columns, Expression filter) {
    if (file.file().format() != FileFormat.PARQUET) {
      throw new UnsupportedOperationException(
          String.format(
              "Cannot merge into %s: its file %s is no Parquet file; rewrite it as Parquet",
              name(), file.file().location()));
    }
    return Parquet.read(state.target().io().newInputFile(file.file()))
        .withNameMapping(names)
        .project(columns)
        .filter(filter);
  }

  private UncheckedIOException unreadable(StoredFile file, IOException e) {
    return new UncheckedIOException(
        String.format(
            "Cannot merge into %s: its file %s cannot be read: %s",
            name(), file.file().location(), e.getMessage()),
        e);
  }

  private String name() {
    return state.definition().name();
  }
}
