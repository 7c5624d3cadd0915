package org.beamlakehouse.io.internal.merge.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.merge.stored.FileRows;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;
import org.beamlakehouse.io.internal.merge.stored.StoredPosition;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.internal.merge.table.TargetShape;

/**
 * What a row that is written anew takes over from the stored row it replaces: the row id, on tables
 * that have row lineage, and the columns that the definition does not know. Such a column may have
 * been added by another engine, and its values must outlive a merge.
 *
 * <p>The row id was found with the row; columns that are not known are read from the file again.
 */
final class CarriedFromStored {
  private final TableState state;
  private final TargetShape shape;
  private final boolean lineage;
  private final Schema columns;

  CarriedFromStored(TableState state, TargetShape shape) {
    this.state = state;
    this.shape = shape;
    this.lineage = TableUtil.supportsRowLineage(state.target());
    List<Types.NestedField> fields = new ArrayList<>();
    for (int column : shape.foreignColumns()) {
      fields.add(state.target().schema().columns().get(column));
    }
    this.columns = new Schema(fields);
  }

  /** True where rows take over nothing but their id. */
  boolean isIdOnly() {
    return columns.columns().isEmpty();
  }

  /** Fills in the id that a row takes over. */
  void fillId(NewRow row) {
    StoredPosition before = row.before();
    if (lineage && before != null && before.rowId() != TargetShape.NO_ROW_ID) {
      row.values().set(shape.rowIdColumn(), before.rowId());
    }
  }

  /** Fills in the columns that rows take over. */
  void fillColumns(List<NewRow> rows) {
    Map<StoredFile, List<NewRow>> byFile = new IdentityHashMap<>();
    for (NewRow row : rows) {
      if (row.before() != null) {
        byFile.computeIfAbsent(row.before().file(), f -> new ArrayList<>()).add(row);
      }
    }
    byFile.forEach(this::fill);
  }

  private void fill(StoredFile file, List<NewRow> rows) {
    try (FileRows stored = FileRows.open(state.target(), file.task(), columns)) {
      rows.sort(Comparator.comparingLong(row -> row.before().position()));
      long position = 0;
      for (NewRow row : rows) {
        for (; position < row.before().position(); position++) {
          stored.next();
        }
        take(stored.next(), row.values());
        position++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              "Cannot merge into %s: its file %s cannot be read: %s",
              state.definition().name(), file.file().location(), e.getMessage()),
          e);
    }
  }

  private void take(StructLike from, StructLike to) {
    int next = 0;
    for (int column : shape.foreignColumns()) {
      to.set(column, from.get(next++, Object.class));
    }
  }
}
