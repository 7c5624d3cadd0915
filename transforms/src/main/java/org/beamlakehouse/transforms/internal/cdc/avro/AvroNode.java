package org.beamlakehouse.transforms.internal.cdc.avro;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader.Kept;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader.Misfit;
import org.beamlakehouse.transforms.internal.cdc.row.FieldNode;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.Partly;
import org.beamlakehouse.transforms.internal.cdc.value.RescuedFields;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads one field of an Avro record into the cells that are read from it or from inside it. */
public abstract class AvroNode {

  /** Reads the value that the input stands on; gives what was left unread inside it. */
  public abstract @Nullable RescuedFields read(AvroInput in, RowCells out) throws AvroException;

  /** The cells that can never be read, by their index. */
  abstract Map<Integer, Misfit> misfits();

  /** The reader of a field for those who want it. */
  public static AvroNode of(String name, AvroType type, FieldNode wanted) {
    if (wanted.cells().size() == 1 && !wanted.hasChildren()) {
      return new OneCell(name, type, wanted.cells().get(0));
    }
    return type.kind() == Schema.Type.UNION
        ? new Branches(name, type, wanted)
        : new Several(name, type, wanted);
  }

  /** A value that one cell reads, as most are. */
  private static final class OneCell extends AvroNode {
    private final int cell;
    private final AvroValueReader reader;
    private final Map<Integer, Misfit> misfits;

    OneCell(String name, AvroType type, FieldNode.Cell cell) {
      this.cell = cell.index();
      this.reader = AvroValueReaderFactory.of(type, cell.type(), cell.declared());
      Bad bad = reader.mismatch();
      this.misfits = bad == null ? Map.of() : Map.of(this.cell, new Misfit(name, bad));
    }

    @Override
    public @Nullable RescuedFields read(AvroInput in, RowCells out) throws AvroException {
      Object value = reader.read(in);
      Partly partly = value instanceof Partly found ? found : null;
      out.cells()[cell] = partly == null ? value : partly.value();
      return partly == null ? null : partly.unread();
    }

    @Override
    Map<Integer, Misfit> misfits() {
      return misfits;
    }
  }

  /** A value that several cells read, or from inside which some are read. */
  private static final class Several extends AvroNode {
    private final AvroType type;
    private final List<OneCell> cells = new ArrayList<>();
    private final Map<Integer, Object> cleared = new TreeMap<>();
    private final Map<Integer, Misfit> misfits = new TreeMap<>();
    private final @Nullable AvroRowReader inside;

    Several(String name, AvroType type, FieldNode wanted) {
      this.type = type;
      for (FieldNode.Cell cell : wanted.cells()) {
        OneCell reader = new OneCell(name, type, cell);
        cells.add(reader);
        misfits.putAll(reader.misfits());
      }
      boolean isRecord = type.kind() == Schema.Type.RECORD;
      this.inside = isRecord && wanted.hasChildren() ? AvroRowReader.of(type, wanted) : null;
      if (inside != null) {
        misfits.putAll(inside.misfits());
      } else if (type.kind() != Schema.Type.NULL) {
        Bad bad = new Bad("an object", type.describe());
        addAll(wanted, bad);
        cleared.keySet().forEach(cell -> misfits.put(cell, new Misfit(name, bad)));
      }
    }

    private void addAll(FieldNode node, Bad bad) {
      for (FieldNode child : node.children()) {
        child.cells().forEach(cell -> cleared.put(cell.index(), bad));
        addAll(child, bad);
      }
    }

    @Override
    public @Nullable RescuedFields read(AvroInput in, RowCells out) throws AvroException {
      int from = in.at();
      RescuedFields rescued = null;
      for (int i = 0; i < cells.size(); i++) {
        in.seek(from);
        RescuedFields unread = cells.get(i).read(in, out);
        rescued = i == 0 ? unread : RescuedFields.common(rescued, unread);
      }
      cleared.forEach((cell, bad) -> out.cells()[cell] = bad);
      in.seek(from);
      if (inside == null) {
        AvroValues.skip(type, in);
        return rescued;
      }
      RescuedFields unread = inside.readFields(in, out, Kept.ALL);
      return cells.isEmpty() ? unread : RescuedFields.common(rescued, unread);
    }

    @Override
    Map<Integer, Misfit> misfits() {
      return misfits;
    }
  }

  /** A union whose branches are read in different ways. */
  private static final class Branches extends AvroNode {
    private final AvroNode[] branches;
    private final Map<Integer, Misfit> misfits;

    Branches(String name, AvroType type, FieldNode wanted) {
      this.branches = new AvroNode[type.parts().size()];
      Map<Integer, Misfit> inAll = null;
      for (int i = 0; i < branches.length; i++) {
        AvroType branch = type.parts().get(i);
        branches[i] = new Several(name, branch, wanted);
        if (branch.kind() != Schema.Type.NULL) {
          inAll = inAll == null ? new TreeMap<>(branches[i].misfits()) : inAll;
          inAll.keySet().retainAll(branches[i].misfits().keySet());
        }
      }
      this.misfits = inAll == null ? Map.of() : inAll;
    }

    @Override
    public @Nullable RescuedFields read(AvroInput in, RowCells out) throws AvroException {
      return branches[in.readIndex(branches.length)].read(in, out);
    }

    @Override
    Map<Integer, Misfit> misfits() {
      return misfits;
    }
  }
}
