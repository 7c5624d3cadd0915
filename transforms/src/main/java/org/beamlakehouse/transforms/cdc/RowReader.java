package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import org.beamlakehouse.transforms.cdc.ValueReader.Bad;
import org.beamlakehouse.transforms.cdc.ValueReaders.UnknownFieldFlag;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the fields of one row image into its cells in one pass, and keeps the fields that nobody
 * reads. Of a repeated field the last one holds.
 */
final class RowReader {
  private static final String METADATA_PREFIX = "__";

  /** An object or array that was read with no type. */
  record JsonText(String text) {}

  private final @Nullable FieldNode root;
  private final UnknownFieldFlag unknown;

  RowReader(@Nullable FieldNode root, UnknownFieldFlag unknown) {
    this.root = root;
    this.unknown = unknown;
  }

  /** A reader of rows that nobody wants. */
  static RowReader nothing() {
    return new RowReader(null, new UnknownFieldFlag());
  }

  /** Reads the object under the parser. */
  void read(JsonInput in, RowValues out) throws IOException {
    out.rescue(readFields(in, in.parser().nextFieldName(), root, out, null));
  }

  /**
   * Reads the object whose first field's name is under the parser, and whose {@code __} fields
   * describe the change.
   */
  void readFlat(JsonInput in, @Nullable String first, RowValues out, ChangeSource metadata)
      throws IOException {
    out.rescue(readFields(in, first, root, out, metadata));
  }

  private @Nullable RescuedFields readFields(
      JsonInput in,
      @Nullable String first,
      @Nullable FieldNode node,
      RowValues out,
      @Nullable ChangeSource metadata)
      throws IOException {
    JsonParser parser = in.parser();
    RescuedFields rescued = null;
    for (String name = first; name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      boolean isMetadata = metadata != null && name.startsWith(METADATA_PREFIX);
      if (isMetadata) {
        metadata.readFlat(name, parser, token);
      }
      FieldNode child = node == null ? null : node.child(name);
      if (child != null) {
        RescuedFields inside = readNode(in, child, token, out);
        if (inside != null || rescued != null) {
          rescued = put(rescued, name, inside);
        }
      } else if (isMetadata || node == null) {
        parser.skipChildren();
      } else {
        int from = in.tokenStart();
        rescued = rescued == null ? new RescuedFields() : rescued;
        rescued.add(name, in.text(from, in.skipValue()));
      }
    }
    return rescued;
  }

  private static @Nullable RescuedFields put(
      @Nullable RescuedFields fields, String name, @Nullable RescuedFields inside) {
    if (inside == null) {
      fields.remove(name);
      return fields;
    }
    RescuedFields all = fields == null ? new RescuedFields() : fields;
    all.add(name, inside);
    return all;
  }

  /** Reads one field's value into its cells; gives what was left unread inside it. */
  @Nullable RescuedFields readNode(JsonInput in, FieldNode node, JsonToken token, RowValues out)
      throws IOException {
    if (!token.isStructStart()) {
      for (int i = 0; i < node.cells().size(); i++) {
        FieldNode.Cell cell = node.cells().get(i);
        out.cells()[cell.index()] = readScalar(in.parser(), token, cell.reader());
      }
      if (node.hasChildren()) {
        clear(node, token == JsonToken.VALUE_NULL ? null : notAnObject(in, token), out);
      }
      return null;
    }
    if (node.cells().isEmpty()) {
      if (token == JsonToken.START_OBJECT) {
        clear(node, null, out);
        return readFields(in, in.parser().nextFieldName(), node, out, null);
      }
      clear(node, notAnObject(in, token), out);
      return null;
    }
    int from = in.tokenStart();
    if (node.cells().size() == 1 && !node.hasChildren()) {
      readStruct(in, node.cells().get(0), token, out);
      return unknown.lower() ? RescuedFields.whole(in.text(from, in.tokenEnd())) : null;
    }
    return readSeveral(in, node, from, in.skipValue(), out);
  }

  /** A nested value that several cells read is read once for each. */
  private @Nullable RescuedFields readSeveral(
      JsonInput in, FieldNode node, int from, int to, RowValues out) throws IOException {
    for (FieldNode.Cell cell : node.cells()) {
      JsonInput inner = JsonInput.open(in.bytes(), from, to);
      readStruct(inner, cell, inner.parser().nextToken(), out);
    }
    boolean unread = unknown.lower();
    if (node.hasChildren()) {
      JsonInput inner = JsonInput.open(in.bytes(), from, to);
      JsonToken token = inner.parser().nextToken();
      clear(node, token == JsonToken.START_OBJECT ? null : notAnObject(inner, token), out);
      if (token == JsonToken.START_OBJECT) {
        // Whole values are read as well, so nothing in here goes unread.
        readFields(inner, inner.parser().nextFieldName(), node, out, null);
      }
    }
    return unread ? RescuedFields.whole(in.text(from, to)) : null;
  }

  private static void readStruct(JsonInput in, FieldNode.Cell cell, JsonToken token, RowValues out)
      throws IOException {
    if (cell.reader() == null) {
      int from = in.tokenStart();
      out.cells()[cell.index()] = new JsonText(in.text(from, in.skipValue()));
    } else {
      out.cells()[cell.index()] = cell.reader().read(in.parser(), token);
    }
  }

  private static @Nullable Object readScalar(
      JsonParser parser, JsonToken token, @Nullable ValueReader reader) throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token == JsonToken.VALUE_STRING && Placeholder.isText(parser)) {
      return ValueReader.UNSENT;
    }
    return reader == null ? asTold(parser, token) : reader.read(parser, token);
  }

  /** The value that the JSON token itself tells. */
  private static Object asTold(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? new Bad("long", "an integer out of range")
              : (Object) parser.getLongValue();
      case VALUE_NUMBER_FLOAT ->
          parser.getTextLength() > 100
              ? new Bad("double", "a number with too many digits")
              : decimalOrDouble(parser.getDecimalValue());
      default -> token == JsonToken.VALUE_TRUE;
    };
  }

  private static Object decimalOrDouble(BigDecimal value) {
    boolean fits = value.scale() <= 10 && (long) value.precision() - value.scale() <= 28;
    return fits && value.scale() >= 0 ? value.setScale(10) : (Object) value.doubleValue();
  }

  private static Bad notAnObject(JsonInput in, JsonToken token) throws IOException {
    return Bad.of("an object", in.parser(), token);
  }

  /** Sets all cells below a node, so that nothing of an earlier field of that name stays. */
  private static void clear(FieldNode node, @Nullable Object value, RowValues out) {
    for (FieldNode child : node.children()) {
      for (FieldNode.Cell cell : child.cells()) {
        out.cells()[cell.index()] = value;
      }
      clear(child, value, out);
    }
  }
}
