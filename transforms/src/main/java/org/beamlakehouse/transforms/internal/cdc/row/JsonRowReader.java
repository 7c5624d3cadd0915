package org.beamlakehouse.transforms.internal.cdc.row;

import java.math.BigDecimal;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames.Field;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReaderFactory;
import org.beamlakehouse.transforms.internal.cdc.value.Partly;
import org.beamlakehouse.transforms.internal.cdc.value.RescuedFields;
import org.beamlakehouse.transforms.internal.cdc.value.UnavailableValue;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the fields of one row image into its cells in one pass, and keeps the fields that nobody
 * reads. Of a repeated field the last one holds.
 */
public final class JsonRowReader {
  /** An object or array that was read with no type. */
  public record JsonText(String text) {}

  private final FieldNode root;
  private final boolean wanted;

  public JsonRowReader(FieldNode root) {
    this(root, true);
  }

  private JsonRowReader(FieldNode root, boolean wanted) {
    this.root = root;
    this.wanted = wanted;
  }

  /** A reader of rows that nobody wants. */
  public static JsonRowReader nothing() {
    return new JsonRowReader(new FieldNode(), false);
  }

  /** Reads the object that was begun. */
  public void read(JsonReader in, RowCells out) throws JsonException {
    readAll(in, out, null);
  }

  /** Reads the object that was begun, whose {@code __} fields describe the change. */
  public void readFlat(JsonReader in, RowCells out, DebeziumMetadata metadata)
      throws JsonException {
    readAll(in, out, metadata);
  }

  private void readAll(JsonReader in, RowCells out, @Nullable DebeziumMetadata metadata)
      throws JsonException {
    out.rescue(readFields(in, root, out, metadata));
    out.repeated(in.takeRepeated());
  }

  private @Nullable RescuedFields readFields(
      JsonReader in, FieldNode node, RowCells out, @Nullable DebeziumMetadata metadata)
      throws JsonException {
    RescuedFields rescued = null;
    Field<FieldNode.Child> field = node.names().start();
    while ((field = in.nextField(node.names(), field)) != null) {
      JsonToken token = in.next();
      DebeziumField item = metadata == null ? null : field.target().item();
      if (item != null) {
        metadata.read(item, in, token);
      }
      FieldNode child = field.target().node();
      if (child != null) {
        RescuedFields inside = readNode(in, child, token, out);
        if (inside != null) {
          rescued = RescuedFields.with(rescued, field.name(), inside);
        } else if (rescued != null) {
          rescued = RescuedFields.without(rescued, field.name());
        }
      } else if (item != null || !wanted) {
        in.skip();
      } else {
        int from = in.start();
        in.skip();
        rescued = rescued == null ? new RescuedFields() : rescued;
        rescued.add(field.name(), in.json(from, in.end()));
      }
    }
    return rescued;
  }

  /** Reads one field's value into its cells; gives what was left unread inside it. */
  public @Nullable RescuedFields readNode(
      JsonReader in, FieldNode node, JsonToken token, RowCells out) throws JsonException {
    if (!token.isNested()) {
      RescuedFields unread = null;
      for (int i = 0; i < node.cells().size(); i++) {
        FieldNode.Cell cell = node.cells().get(i);
        Object value = readScalar(in, token, cell.reader());
        if (value instanceof Partly partly) {
          // A struct in JSON text.
          value = partly.value();
          unread = i == 0 ? partly.unread() : RescuedFields.common(unread, partly.unread());
        } else {
          unread = null;
        }
        out.cells()[cell.index()] = value;
      }
      if (node.hasChildren()) {
        clear(node, token == JsonToken.NULL ? null : notAnObject(in, token), out);
      }
      return unread;
    }
    if (node.cells().isEmpty()) {
      if (token == JsonToken.OBJECT) {
        clear(node, null, out);
        return readFields(in, node, out, null);
      }
      clear(node, notAnObject(in, token), out);
      return null;
    }
    if (node.cells().size() == 1 && !node.hasChildren()) {
      return readNested(in, node.cells().get(0), token, out);
    }
    int from = in.start();
    in.skip();
    return readSeveral(in, node, from, in.end(), out);
  }

  /**
   * A nested value that several cells read is read once for each; left is what all of them leave.
   */
  private @Nullable RescuedFields readSeveral(
      JsonReader in, FieldNode node, int from, int to, RowCells out) throws JsonException {
    RescuedFields unread = null;
    for (int i = 0; i < node.cells().size(); i++) {
      JsonReader inner = JsonReader.of(in.bytes(), from, to);
      RescuedFields left = readNested(inner, node.cells().get(i), inner.first(), out);
      unread = i == 0 ? left : RescuedFields.common(unread, left);
    }
    if (node.hasChildren()) {
      JsonReader inner = JsonReader.of(in.bytes(), from, to);
      JsonToken token = inner.first();
      clear(node, token == JsonToken.OBJECT ? null : notAnObject(inner, token), out);
      if (token == JsonToken.OBJECT) {
        unread = RescuedFields.common(unread, readFields(inner, node, out, null));
      }
    }
    return unread;
  }

  private static @Nullable RescuedFields readNested(
      JsonReader in, FieldNode.Cell cell, JsonToken token, RowCells out) throws JsonException {
    Object value;
    if (cell.reader() == null) {
      int from = in.start();
      in.skip();
      value = new JsonText(in.json(from, in.end()));
    } else {
      value = cell.reader().read(in, token);
    }
    Partly partly = value instanceof Partly found ? found : null;
    out.cells()[cell.index()] = partly == null ? value : partly.value();
    return partly == null ? null : partly.unread();
  }

  private static @Nullable Object readScalar(
      JsonReader in, JsonToken token, @Nullable JsonValueReader reader) throws JsonException {
    if (token == JsonToken.NULL) {
      return null;
    }
    if (token == JsonToken.STRING && UnavailableValue.isText(in)) {
      return JsonValueReader.UNSENT;
    }
    return reader == null ? asTold(in, token) : reader.read(in, token);
  }

  /** The value that the JSON token itself tells. */
  public static Object asTold(JsonReader in, JsonToken token) {
    return switch (token) {
      case STRING -> JsonValueReaderFactory.text(in);
      case INTEGER ->
          in.number().isLong()
              ? (Object) in.number().longValue()
              : new Bad("long", "an integer out of range");
      case FRACTION ->
          in.number().length() > 100
              ? new Bad("double", "a number with too many digits")
              : decimalOrDouble(in.number().decimalValue());
      default -> token == JsonToken.TRUE;
    };
  }

  public static Object decimalOrDouble(@Nullable BigDecimal value) {
    if (value == null) {
      return new Bad("double", "a number out of range");
    }
    boolean fits = value.scale() <= 10 && (long) value.precision() - value.scale() <= 28;
    return fits && value.scale() >= 0 ? value.setScale(10) : (Object) value.doubleValue();
  }

  private static Bad notAnObject(JsonReader in, JsonToken token) throws JsonException {
    return Bad.of("an object", in, token);
  }

  /** Sets all cells below a node, so that nothing of an earlier field of that name stays. */
  private static void clear(FieldNode node, @Nullable Object value, RowCells out) {
    for (FieldNode child : node.children()) {
      for (FieldNode.Cell cell : child.cells()) {
        out.cells()[cell.index()] = value;
      }
      clear(child, value, out);
    }
  }
}
