package org.beamlakehouse.transforms.internal.cdc.debezium;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroException;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroInput;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroNode;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroScalars;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroType;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroValues;
import org.beamlakehouse.transforms.internal.cdc.debezium.DebeziumEnvelope.Kind;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.image.AvroBeforeAndAfter;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.FieldNode;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the Debezium records of one writer's schema: what kind of records they are, and what each
 * of their fields says of the change. The rows are checked and left for the tables that take them.
 */
final class AvroEnvelope {
  private final Shape shape;
  private final @Nullable SkipReason skipReason;
  private final boolean mayBeSignal;
  private final AvroType type;
  private final List<Part> parts = new ArrayList<>();

  /** What records of a schema are. */
  enum Shape {
    ENVELOPE,
    FLATTENED,
    OTHER
  }

  /**
   * A field of the record.
   *
   * @param item what it says of the change itself; null where nothing
   * @param wanted who else reads it
   * @param source the fields of an envelope's {@code source}
   */
  private record Part(
      Kind kind,
      AvroType type,
      @Nullable DebeziumField item,
      @Nullable AvroNode wanted,
      List<Part> source) {}

  /**
   * The reader of a type.
   *
   * @param wanted cells for the fields of the envelope that some {@code sequenceBy} names
   */
  AvroEnvelope(AvroType type, CellList wanted) {
    this.type = type;
    RecordShape names = RecordShape.of(type.names());
    if (names.isFlat()) {
      this.shape = Shape.FLATTENED;
    } else {
      boolean rows = isRow(type.field("before")) && isRow(type.field("after"));
      this.shape = names.isEnvelope() && rows ? Shape.ENVELOPE : Shape.OTHER;
    }
    this.skipReason =
        type.kind() == Schema.Type.NULL
            ? SkipReason.TOMBSTONE
            : names.isEnvelope() ? null : names.skipReason();
    this.mayBeSignal = !names.isEnvelope() && names.mayBeSignal();
    FieldNode root = wanted.compile(WireType.UNKNOWN);
    for (int i = 0; i < type.names().size(); i++) {
      parts.add(part(type.names().get(i), type.parts().get(i), root));
    }
  }

  private Part part(String name, AvroType field, FieldNode root) {
    if (shape == Shape.FLATTENED) {
      return new Part(Kind.OTHER, field, DebeziumField.ofFlat(name), null, List.of());
    }
    Kind kind = Kind.of(name);
    FieldNode node = root.child(name);
    AvroType present = field.present();
    if (kind != Kind.SOURCE || present == null || present.kind() != Schema.Type.RECORD) {
      AvroNode wanted = node == null ? null : AvroNode.of(name, field, node);
      return new Part(kind, field, null, wanted, List.of());
    }
    List<Part> source = new ArrayList<>();
    for (int i = 0; i < present.parts().size(); i++) {
      String inner = present.names().get(i);
      AvroType innerType = present.parts().get(i);
      FieldNode child = node == null ? null : node.child(inner);
      AvroNode wanted = child == null ? null : AvroNode.of(inner, innerType, child);
      source.add(new Part(Kind.OTHER, innerType, DebeziumField.ofSource(inner), wanted, List.of()));
    }
    return new Part(kind, field, null, null, source);
  }

  /** True for a record or a document as text that may be null, and where there is no such field. */
  private static boolean isRow(@Nullable AvroType type) {
    AvroType present = type == null ? null : type.present();
    return type == null
        || (present != null && present.kind() == Schema.Type.RECORD)
        || (present != null && present.kind() == Schema.Type.STRING)
        || type.kind() == Schema.Type.NULL;
  }

  Shape shape() {
    return shape;
  }

  /**
   * Checks a record whose shape is neither an envelope's nor a flattened one's.
   *
   * @return why it is no change; null where that cannot be told
   */
  @Nullable SkipReason check(AvroInput in) throws AvroException {
    if (!mayBeSignal) {
      AvroValues.skip(type, in);
      return skipReason;
    }
    boolean signal = false;
    for (int i = 0; i < type.parts().size(); i++) {
      if (type.names().get(i).equals(RecordShape.TYPE)) {
        JsonToken token = present(type.parts().get(i), in);
        signal = RecordShape.isSignal(in.json(), token);
      } else {
        AvroValues.skip(type.parts().get(i), in);
      }
    }
    return signal ? SkipReason.SIGNAL : skipReason;
  }

  /** Reads an envelope. */
  void read(AvroInput in, DebeziumMetadata source, RowCells cells, AvroBeforeAndAfter images)
      throws AvroException {
    for (Part part : parts) {
      int from = in.at();
      switch (part.kind) {
        case BEFORE, AFTER -> readRow(part, in, images);
        case SOURCE -> readSource(part, in, source, cells);
        case OPERATION -> {
          JsonToken token = present(part, in);
          source.operation = DebeziumMetadata.text(in.json(), token, null);
        }
        case HANDLED_MILLIS -> {
          JsonToken token = present(part, in);
          source.readHandledTime(in.json(), token);
        }
        case PARTIAL -> source.partial = present(part, in) != JsonToken.NULL;
        case FLAT_MARK, OTHER -> AvroValues.skip(part.type, in);
      }
      readWanted(part, from, in, cells);
    }
  }

  /** Reads what a flattened record says of its change; its row is the record itself. */
  void readFlattened(AvroInput in, DebeziumMetadata source, AvroBeforeAndAfter images)
      throws AvroException {
    int from = in.at();
    for (Part part : parts) {
      readItem(part, in, source);
    }
    images.flattened();
    if (source.settleFlattened()) {
      images.before(type, from);
    } else {
      images.after(type, from);
    }
  }

  private static void readRow(Part part, AvroInput in, AvroBeforeAndAfter images)
      throws AvroException {
    AvroType row = AvroValues.branch(part.type, in);
    int from = in.at();
    if (row.kind() == Schema.Type.STRING) {
      present(row, in);
      if (part.kind == Kind.BEFORE) {
        images.beforeDocument(in.json());
      } else {
        images.afterDocument(in.json());
      }
      return;
    }
    AvroValues.skip(row, in);
    if (row.kind() == Schema.Type.RECORD) {
      if (part.kind == Kind.BEFORE) {
        images.before(row, from);
      } else {
        images.after(row, from);
      }
    }
  }

  private static void readSource(Part part, AvroInput in, DebeziumMetadata source, RowCells cells)
      throws AvroException {
    AvroType type = AvroValues.branch(part.type, in);
    if (type.kind() != Schema.Type.RECORD || part.source.isEmpty()) {
      AvroValues.skip(type, in);
      return;
    }
    for (Part field : part.source) {
      int from = in.at();
      readItem(field, in, source);
      readWanted(field, from, in, cells);
    }
  }

  private static void readItem(Part part, AvroInput in, DebeziumMetadata source)
      throws AvroException {
    if (part.item == null || part.item == DebeziumField.OTHER) {
      AvroValues.skip(part.type, in);
    } else {
      JsonToken token = present(part, in);
      source.read(part.item, in.json(), token);
    }
  }

  /** Reads the cells of a field that was checked, from where it begins. */
  private static void readWanted(Part part, int from, AvroInput in, RowCells cells)
      throws AvroException {
    if (part.wanted != null) {
      int to = in.at();
      in.seek(from);
      // What is not asked for in the envelope is nobody's loss: the row images are elsewhere.
      part.wanted.read(in, cells);
      in.seek(to);
    }
  }

  /** Checks a value and sets the input's JSON reader on it. */
  private static JsonToken present(Part part, AvroInput in) throws AvroException {
    return present(part.type, in);
  }

  private static JsonToken present(AvroType type, AvroInput in) throws AvroException {
    int from = in.at();
    AvroValues.skip(type, in);
    in.seek(from);
    return AvroScalars.present(type, in);
  }
}
