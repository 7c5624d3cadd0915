package org.beamlakehouse.transforms.internal.cdc.debezium;

import org.beamlakehouse.transforms.internal.cdc.image.JsonRowImage;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames.Field;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.FieldNode;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads a change event's envelope in one pass; filled again for every record. */
final class DebeziumEnvelope {
  final DebeziumMetadata source;
  final RowCells cells = new RowCells();
  final JsonRowImage before = new JsonRowImage();
  final JsonRowImage after = new JsonRowImage();

  /** True where the envelope has any of the fields that make it one, beside the operation. */
  boolean hasBody;

  private final JsonRowReader reader;
  private final FieldNames<Part> parts;
  private final FieldNames<SourcePart> sourceParts;
  private final int cellCount;
  private @Nullable WireType lastType;
  private @Nullable WireType lastRowType;

  /** What a field of the envelope is. */
  enum Kind {
    BEFORE,
    AFTER,
    SOURCE,
    OPERATION,
    HANDLED_MILLIS,
    /** What MongoDB's connector says of an update in the place of the document. */
    PARTIAL,
    /** A field that only flattened records have. */
    FLAT_MARK,
    OTHER;

    static Kind of(String name) {
      return switch (name) {
        case "before" -> BEFORE;
        case "after" -> AFTER;
        case "source" -> SOURCE;
        case "op" -> OPERATION;
        case "ts_ms" -> HANDLED_MILLIS;
        case "updateDescription", "patch" -> PARTIAL;
        case "__op", "__deleted" -> FLAT_MARK;
        default -> OTHER;
      };
    }
  }

  /** A field of the envelope, and who else reads it. */
  private record Part(Kind kind, @Nullable FieldNode wanted) {}

  /** A field of the envelope's {@code source}, and who else reads it. */
  private record SourcePart(DebeziumField item, @Nullable FieldNode wanted) {}

  /**
   * An envelope.
   *
   * @param wanted cells for the fields of the envelope that some {@code sequenceBy} names
   */
  DebeziumEnvelope(DebeziumMetadata source, CellList wanted) {
    FieldNode root = wanted.compile(WireType.UNKNOWN);
    FieldNode inSource = root.child("source");
    this.source = source;
    this.reader = new JsonRowReader(root);
    this.parts = new FieldNames<>(name -> new Part(Kind.of(name), root.child(name)));
    this.sourceParts =
        new FieldNames<>(
            name ->
                new SourcePart(
                    DebeziumField.ofSource(name), inSource == null ? null : inSource.child(name)));
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
   * Reads the object that was begun.
   *
   * @param plan the table whose rows these seem to be, null to leave the rows for later
   */
  void read(JsonReader in, WireType type, @Nullable TablePlan plan) throws JsonException {
    JsonRowReader rows = plan == null ? null : plan.reader(rowType(type));
    Field<Part> field = parts.start();
    while ((field = in.nextField(parts, field)) != null) {
      JsonToken token = in.next();
      switch (field.target().kind()) {
        case BEFORE -> readRow(in, token, before, plan, rows);
        case AFTER -> readRow(in, token, after, plan, rows);
        case PARTIAL -> {
          source.partial = token != JsonToken.NULL;
          readCells(in, field.target().wanted(), token);
        }
        case SOURCE -> readSource(in, token);
        case OPERATION -> {
          source.operation = DebeziumMetadata.text(in, token, source.operation);
          readCells(in, field.target().wanted(), token);
        }
        case HANDLED_MILLIS -> {
          source.readHandledTime(in, token);
          readCells(in, field.target().wanted(), token);
        }
        case FLAT_MARK -> {
          source.flatMetadata = true;
          readCells(in, field.target().wanted(), token);
        }
        case OTHER -> readCells(in, field.target().wanted(), token);
      }
    }
  }

  /** The type of row images in an envelope of a type, which is mostly that of the one before. */
  @SuppressWarnings("ReferenceEquality")
  WireType rowType(WireType envelope) {
    if (envelope != lastType) {
      lastType = envelope;
      lastRowType = envelope.field("after");
    }
    return lastRowType;
  }

  private void readRow(
      JsonReader in,
      JsonToken token,
      JsonRowImage image,
      @Nullable TablePlan plan,
      @Nullable JsonRowReader rows)
      throws JsonException {
    hasBody = true;
    if (token == JsonToken.STRING) {
      image.readDocument(in);
    } else {
      image.read(in, token, plan, rows);
    }
  }

  private void readSource(JsonReader in, JsonToken token) throws JsonException {
    if (token != JsonToken.OBJECT) {
      in.skip();
      return;
    }
    hasBody = true;
    Field<SourcePart> field = sourceParts.start();
    while ((field = in.nextField(sourceParts, field)) != null) {
      JsonToken value = in.next();
      source.read(field.target().item(), in, value);
      readCells(in, field.target().wanted(), value);
    }
  }

  private void readCells(JsonReader in, @Nullable FieldNode node, JsonToken token)
      throws JsonException {
    if (node == null) {
      in.skip();
    } else {
      // What is not asked for in the envelope is nobody's loss: the row images are elsewhere.
      reader.readNode(in, node, token, cells);
    }
  }
}
