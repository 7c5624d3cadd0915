package org.beamlakehouse.transforms.internal.cdc.row;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A field of a record that somebody reads, or that holds such fields. */
public final class FieldNode {
  private final Map<String, FieldNode> children = new HashMap<>();
  private final List<Cell> cells = new ArrayList<>();
  private final FieldNames<Child> names =
      new FieldNames<>(name -> new Child(children.get(name), DebeziumField.ofFlat(name)));

  /**
   * What is to be done with a field of this one's object.
   *
   * @param node who reads it; null where nobody does
   * @param item what it says of the change if the record is flattened; null where nothing
   */
  public record Child(@Nullable FieldNode node, @Nullable DebeziumField item) {}

  /**
   * A place for the field's value.
   *
   * @param index place in {@link RowCells}
   * @param type of the value; null to take the value as it is written
   * @param reader reads the type from JSON; null where there is no type
   * @param declared what was said to hold where neither schema nor format tells
   */
  public record Cell(
      int index, @Nullable ColumnType type, @Nullable JsonValueReader reader, Declared declared) {}

  /** Adds a cell for the field at a path with dots. */
  void add(String path, Cell cell) {
    FieldNode node = this;
    for (String name : PathNames.of(path)) {
      node = node.children.computeIfAbsent(name, unused -> new FieldNode());
    }
    node.cells.add(cell);
    if (path.indexOf('.') >= 0) {
      // A flattened record has the whole path for a name.
      children.computeIfAbsent(path, unused -> new FieldNode()).cells.add(cell);
    }
  }

  public @Nullable FieldNode child(String name) {
    return children.get(name);
  }

  /** The fields of this one's object; only to be asked for when all cells were added. */
  public FieldNames<Child> names() {
    return names;
  }

  public boolean hasChildren() {
    return !children.isEmpty();
  }

  public Iterable<FieldNode> children() {
    return children.values();
  }

  public List<Cell> cells() {
    return cells;
  }
}
