package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.beamlakehouse.transforms.cdc.ValueReaders.UnknownFieldFlag;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads a change event's envelope in one pass; filled again for every record. */
final class DebeziumEnvelope {
  final ChangeSource source;
  final RowValues cells = new RowValues();
  final RowImage before = new RowImage();
  final RowImage after = new RowImage();

  /** True where the envelope has any of the fields that make it one, beside the operation. */
  boolean hasBody;

  private final RowReader reader;
  private final FieldNode root;
  private final int cellCount;

  /**
   * An envelope.
   *
   * @param wanted cells for the fields of the envelope that some {@code sequenceBy} names
   */
  DebeziumEnvelope(ChangeSource source, CellList wanted) {
    UnknownFieldFlag unknown = new UnknownFieldFlag();
    this.source = source;
    this.root = wanted.compile(WireType.UNKNOWN, unknown);
    this.reader = new RowReader(root, unknown);
    this.cellCount = wanted.size();
  }

  /** Forgets the record before. */
  void reset() {
    source.reset();
    cells.reset(cellCount);
    before.reset();
    after.reset();
    hasBody = false;
  }

  /**
   * Reads the object whose first field's name is under the parser.
   *
   * @param first that name, null where the object is empty
   * @param plan the table whose rows these seem to be, null to leave the rows for later
   */
  void read(JsonInput in, @Nullable String first, WireType type, @Nullable TablePlan plan)
      throws IOException {
    JsonParser parser = in.parser();
    RowReader rows = plan == null ? null : plan.reader(rowType(type));
    for (String name = first; name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "before" -> {
          before.read(in, token, plan, rows);
          hasBody = true;
        }
        case "after" -> {
          after.read(in, token, plan, rows);
          hasBody = true;
        }
        case "source" -> readSource(in, token);
        case "op" -> {
          source.operation = ChangeSource.text(parser, token, source.operation);
          readCells(in, root.child(name), token);
        }
        case "ts_ms" -> {
          source.handledMillis = ChangeSource.number(parser, token);
          readCells(in, root.child(name), token);
        }
        default -> {
          source.flatMetadata |= name.equals("__op") || name.equals("__deleted");
          readCells(in, root.child(name), token);
        }
      }
    }
  }

  /** The type of row images in an envelope of a type. */
  static WireType rowType(WireType envelope) {
    return envelope.field("after");
  }

  private void readSource(JsonInput in, JsonToken token) throws IOException {
    JsonParser parser = in.parser();
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    hasBody = true;
    FieldNode wanted = root.child("source");
    String name;
    while ((name = parser.nextFieldName()) != null) {
      JsonToken value = parser.nextToken();
      source.read(name, parser, value);
      readCells(in, wanted == null ? null : wanted.child(name), value);
    }
  }

  private void readCells(JsonInput in, @Nullable FieldNode node, JsonToken token)
      throws IOException {
    if (node == null) {
      in.parser().skipChildren();
    } else {
      // What is not asked for in the envelope is nobody's loss: the row images are elsewhere.
      reader.readNode(in, node, token, cells);
    }
  }
}
