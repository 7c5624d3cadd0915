package org.beamlakehouse.transforms.internal.cdc.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReaderFactory;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Cells for fields at paths, each read as a type or as its JSON token says. */
public final class CellList {
  private final List<Spec> specs = new ArrayList<>();
  private int size;

  private record Spec(int index, String path, @Nullable ColumnType type, Declared declared) {}

  /** The cell of the field at {@code path}; null for the type its JSON token says. */
  public int add(String path, @Nullable ColumnType type, Declared declared) {
    for (Spec spec : specs) {
      if (spec.path.equals(path)
          && Objects.equals(spec.type, type)
          && spec.declared.equals(declared)) {
        return spec.index;
      }
    }
    return addNew(path, type, declared);
  }

  /** A cell of its own for the field at {@code path}. */
  public int addNew(String path, @Nullable ColumnType type, Declared declared) {
    specs.add(new Spec(size, path, type, declared));
    return size++;
  }

  /** A cell that is computed. */
  public int addComputed() {
    return size++;
  }

  public int size() {
    return size;
  }

  /** Path of the field in a cell that is not computed. */
  public String path(int cell) {
    return specs.stream().filter(spec -> spec.index == cell).findFirst().orElseThrow().path;
  }

  /** The cells by the names of their fields, for values written as {@code wire} says. */
  public FieldNode compile(WireType wire) {
    FieldNode root = new FieldNode();
    for (Spec spec : specs) {
      JsonValueReader reader =
          spec.type == null
              ? null
              : JsonValueReaderFactory.of(spec.type, at(wire, spec.path), spec.declared);
      root.add(spec.path, new FieldNode.Cell(spec.index, spec.type, reader, spec.declared));
    }
    return root;
  }

  private static WireType at(WireType wire, String path) {
    WireType type = wire;
    for (String name : PathNames.of(path)) {
      type = type.field(name);
    }
    return type;
  }
}
