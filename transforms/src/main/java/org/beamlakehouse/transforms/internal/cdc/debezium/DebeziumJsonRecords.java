package org.beamlakehouse.transforms.internal.cdc.debezium;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.connect.ConnectEnvelope;
import org.beamlakehouse.transforms.internal.cdc.connect.ConnectEnvelope.Payload;
import org.beamlakehouse.transforms.internal.cdc.event.FormatReader;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.image.BeforeAndAfter;
import org.beamlakehouse.transforms.internal.cdc.image.JsonBeforeAndAfter;
import org.beamlakehouse.transforms.internal.cdc.image.JsonRowImage;
import org.beamlakehouse.transforms.internal.cdc.image.MessageKey;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames.Field;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.json.Utf8;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads Debezium's change events.
 *
 * <p>The table of a change is known only behind its rows, so the rows are read for the table that
 * the topic's last record was of; where that proves wrong, or several tables take the record, the
 * bytes of the rows are read again.
 */
public final class DebeziumJsonRecords implements FormatReader {
  static final String NO_ENVELOPE =
      "Cannot parse the record: it has neither the fields op and before, after or source of a"
          + " Debezium envelope nor __op or __deleted of a flattened one";

  private final ConnectEnvelope connect = new ConnectEnvelope();
  private final MessageKey messageKey = new MessageKey();
  private final JsonReader in = new JsonReader();
  private final FieldNames<Opening> openings = new FieldNames<>(Opening::of);
  private final JsonRowReader nothing = JsonRowReader.nothing();
  private final Map<String, TablePlan> lastPlans = new HashMap<>();
  private final DebeziumMetadata source = new DebeziumMetadata();
  private final RowCells flat = new RowCells();
  private final DebeziumEnvelope envelope;
  private final DebeziumChanges changes;

  public DebeziumJsonRecords(List<TablePlan> plans, CellList envelopeCells) {
    this.envelope = new DebeziumEnvelope(source, envelopeCells);
    this.changes = new DebeziumChanges(plans, source, envelope.cells, messageKey::fill);
  }

  /** What the name of an object's first field promises that the object is. */
  private enum Opening {
    CONNECT,
    ENVELOPE,
    ROW;

    static Opening of(String name) {
      if (ConnectEnvelope.mayBegin(name)) {
        return CONNECT;
      }
      return switch (name) {
        case "before", "after", "source", "op", "ts_ms", "ts_us", "ts_ns", "transaction" ->
            ENVELOPE;
        default -> ROW;
      };
    }
  }

  /** A record, which tables want it, and who takes what comes of it. */
  record Reading(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    byte[] bytes() {
      return record.payload();
    }

    String topic() {
      String topic = record.position().topic();
      return topic == null ? "" : topic;
    }

    boolean wants(TablePlan plan) {
      return wanted == null || wanted.contains(plan.table().name());
    }
  }

  @Override
  public void watch(@Nullable LogWatch watch) {
    changes.watch(watch);
  }

  @Override
  public TableMatcher matcher() {
    return changes.matcher();
  }

  @Override
  public void beginBatch() {
    changes.beginBatch();
  }

  @Override
  public boolean lacksRecordBefore(RawRecord tombstone) {
    return changes.lacksRecordBefore(tombstone);
  }

  @Override
  public void readTombstone(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    changes.readTombstone(record, wanted, sink);
  }

  @Override
  public void read(RawRecord record, @Nullable Set<String> wanted, ParseSink sink)
      throws RecordException {
    Reading reading = new Reading(record, wanted, sink);
    byte[] bytes = record.payload();
    int start = Utf8.afterMark(bytes);
    Payload known = connect.findKnown(bytes, start);
    // A schema seen before needs no second look.
    Utf8.check(bytes, known == null ? 0 : known.from());
    if (readKnown(known, reading)) {
      return;
    }
    Payload whole = new Payload(WireType.UNKNOWN, start, bytes.length, false);
    in.open(bytes, start, bytes.length);
    if (in.first() != JsonToken.OBJECT) {
      readPayload(whole, reading);
      return;
    }
    Opening opening = opening();
    Payload inside = opening == Opening.CONNECT ? connect.findUnknown(bytes, start) : null;
    if (inside != null) {
      readPayload(inside, reading);
    } else if (!readObject(opening, whole, reading)) {
      sink.deadLetter(JsonReader.NOT_ENDING);
    }
  }

  /** What the object that was begun promises to be. */
  private Opening opening() throws JsonException {
    int brace = in.start();
    Field<Opening> field = in.nextField(openings, openings.start());
    in.reopenObject(brace);
    return field == null ? Opening.ROW : field.target();
  }

  /**
   * Tries the quick way past a schema seen before. Where the record then is not as it should be,
   * nothing was sent and the slow way finds out the same as it would have with no memory.
   */
  private boolean readKnown(@Nullable Payload payload, Reading reading) throws RecordException {
    if (payload == null) {
      return false;
    }
    try {
      return readPayload(payload, reading);
    } catch (RecordException e) {
      return false;
    }
  }

  /** Reads a record or a payload; false where the record does not end with it. */
  private boolean readPayload(Payload payload, Reading reading) throws RecordException {
    in.open(reading.bytes(), payload.from(), payload.to());
    JsonToken token = in.first();
    if (token == JsonToken.OBJECT) {
      return readObject(opening(), payload, reading);
    }
    if (token == JsonToken.NULL && ends(payload, reading)) {
      // Kafka Connect writes a null of a known schema as text: such is what deletes of flattened
      // rows are.
      changes.readTombstone(reading.record(), reading.wanted(), reading.sink());
    } else if (payload.open()) {
      return false;
    } else {
      reading.sink().deadLetter("Cannot parse the record: it is no JSON object");
    }
    return true;
  }

  /**
   * Reads the object that was begun in the likeliest way; false where the record does not end with
   * it.
   */
  private boolean readObject(Opening opening, Payload payload, Reading reading)
      throws RecordException {
    TablePlan last = lastPlans.get(reading.topic());
    TablePlan guess = last != null && reading.wants(last) ? last : null;
    boolean isEnvelope = opening == Opening.ENVELOPE;
    boolean understood =
        isEnvelope ? readEnvelope(guess, payload.type()) : readFlat(guess, payload.type());
    int end = in.end();
    if (!ends(payload, reading)) {
      return false;
    }
    if (!understood) {
      readByShape(payload, end, reading);
    } else if (isEnvelope) {
      emitEnvelope(payload.type(), reading);
    } else {
      emitFlat(payload, end, guess, reading);
    }
    return true;
  }

  private boolean readEnvelope(@Nullable TablePlan guess, WireType type) throws JsonException {
    envelope.reset();
    envelope.read(in, type, guess);
    return source.operation != null && envelope.hasBody && !source.flatMetadata;
  }

  private boolean readFlat(@Nullable TablePlan guess, WireType type) throws JsonException {
    envelope.reset();
    flat.reset(guess == null ? 0 : guess.cells());
    // Without a guess the rows are read over, and only what describes the change is taken.
    JsonRowReader reader = guess == null ? nothing : guess.reader(type);
    reader.readFlat(in, flat, source);
    return source.flatMetadata;
  }

  /** Looks at all names of a record that is not what its first name promised. */
  private void readByShape(Payload payload, int end, Reading reading) throws RecordException {
    begin(payload, end, reading);
    RecordShape shape = RecordShape.of(in);
    begin(payload, end, reading);
    SkipReason reason = shape.skipReason();
    if (shape.isFlat() && readFlat(null, payload.type())) {
      emitFlat(payload, end, null, reading);
    } else if (shape.isEnvelope() && readEnvelope(null, payload.type())) {
      emitEnvelope(payload.type(), reading);
    } else if (reason != null && !shape.isEnvelope()) {
      reading.sink().skipped(reason);
    } else {
      reading.sink().deadLetter(NO_ENVELOPE);
    }
  }

  private void begin(Payload payload, int end, Reading reading) throws JsonException {
    in.open(reading.bytes(), payload.from(), end);
    in.first();
  }

  private void emitEnvelope(WireType type, Reading reading) throws RecordException {
    emit(envelope.before, envelope.after, envelope.rowType(type), reading);
  }

  private void emitFlat(Payload payload, int end, @Nullable TablePlan guess, Reading reading)
      throws RecordException {
    JsonRowImage row = JsonRowImage.ofFlat(payload.from(), end, flat, guess, payload.type());
    JsonRowImage none = new JsonRowImage();
    boolean deletes = source.settleFlattened();
    emit(deletes ? row : none, deletes ? none : row, payload.type(), reading);
  }

  private void emit(JsonRowImage before, JsonRowImage after, WireType rows, Reading reading)
      throws RecordException {
    BeforeAndAfter images =
        new JsonBeforeAndAfter(reading.record(), before, after, rows, messageKey);
    TablePlan plan = changes.emit(images, reading);
    if (plan == null) {
      lastPlans.remove(reading.topic());
    } else {
      lastPlans.put(reading.topic(), plan);
    }
  }

  private boolean ends(Payload payload, Reading reading) throws JsonException {
    return payload.open() ? ConnectEnvelope.isClosed(reading.bytes(), in.end()) : in.isAtEnd();
  }
}
