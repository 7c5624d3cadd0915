package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.DeleteLoader;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.PartitionUtil;
import org.beamlakehouse.transforms.merge.StoredRow;
import org.beamlakehouse.transforms.pack.Key;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the live rows of a target table, in two steps so that whole rows are read only on need. */
final class TargetReader {
  private final TableState state;
  private final TargetShape shape;
  private final DeleteLoader deletes;
  private long filesRead;
  private long rowsFetched;

  TargetReader(TableState state, TargetShape shape) {
    this.state = state;
    this.shape = shape;
    this.deletes = new BaseDeleteLoader(file -> state.target().io().newInputFile(file));
  }

  /**
   * The live files that may hold rows of a condition.
   *
   * @throws UnsupportedOperationException where one of them has equality deletes
   */
  List<StoredFile> files(Expression filter) {
    List<StoredFile> files = new ArrayList<>();
    if (state.base() == null) {
      return files;
    }
    try (CloseableIterable<FileScanTask> tasks =
        state.target().newScan().useSnapshot(state.base()).filter(filter).planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(new StoredFile(task, deleted(task)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot plan a merge into " + name() + ": " + e.getMessage(), e);
    }
    return files;
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
   * between changes but without values.
   *
   * @param filter leaves out row groups; any row may still come
   * @param find the work of a key; null for a key that is not wanted
   */
  void scan(StoredFile file, Expression filter, Function<Key, @Nullable KeyWork> find) {
    filesRead++;
    try (CloseableIterable<StructLike> rows = open(file, shape.decidingSchema(), filter)) {
      for (StructLike row : rows) {
        long position = TargetShape.positionOf(row);
        if (!file.isLive(position)) {
          continue;
        }
        Object[] key = shape.keyOf(row);
        KeyWork work = find.apply(Key.of(key));
        if (work != null) {
          work.addStored(shape.deciding(key, row), file, position);
        }
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Files of which keys were read so far. */
  long filesRead() {
    return filesRead;
  }

  /** Rows of which all columns were read so far. */
  long rowsFetched() {
    return rowsFetched;
  }

  /** Second step: replaces the stored rows of some keys by rows with their values. */
  void fetch(Map<Key, KeyWork> wanted) {
    Map<StoredFile, Map<Long, KeyWork>> places = new IdentityHashMap<>();
    Map<StoredFile, List<Key>> keys = new IdentityHashMap<>();
    wanted.forEach(
        (key, work) -> {
          for (KeyWork.Place place : work.places()) {
            places.computeIfAbsent(place.file(), f -> new HashMap<>()).put(place.position(), work);
            keys.computeIfAbsent(place.file(), f -> new ArrayList<>()).add(key);
          }
        });
    places.forEach(
        (file, works) ->
            fetch(
                file,
                KeyFilter.of(
                    state.target().schema(), state.definition().keyColumns(), keys.get(file)),
                works));
  }

  private void fetch(StoredFile file, Expression filter, Map<Long, KeyWork> works) {
    int left = works.size();
    rowsFetched += left;
    try (CloseableIterable<StructLike> rows = open(file, shape.wholeSchema(), filter)) {
      for (StructLike row : rows) {
        long position = TargetShape.positionOf(row);
        KeyWork work = works.get(position);
        if (work != null) {
          int index = work.places().indexOf(new KeyWork.Place(file, position));
          StoredRow deciding = work.stored().get(index);
          work.stored().set(index, shape.whole(deciding, row));
          if (--left == 0) {
            return;
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    throw new IllegalStateException(
        String.format(
            "Cannot merge into %s: %d rows of %s were not found again; the file was changed in"
                + " place",
            name(), left, file.file().location()));
  }

  /** Rows of internal values; a row is valid until the next one is read. */
  private CloseableIterable<StructLike> open(StoredFile file, Schema columns, Expression filter) {
    if (file.file().format() != FileFormat.PARQUET) {
      throw new UnsupportedOperationException(
          String.format(
              "Cannot merge into %s: its file %s is no Parquet file; rewrite it as Parquet",
              name(), file.file().location()));
    }
    Map<Integer, ?> constants = PartitionUtil.constantsMap(file.task());
    return Parquet.read(state.target().io().newInputFile(file.file()))
        .project(columns)
        .filter(filter)
        .createReaderFunc(inFile -> InternalReader.create(columns, inFile, constants))
        .reuseContainers()
        .build();
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
