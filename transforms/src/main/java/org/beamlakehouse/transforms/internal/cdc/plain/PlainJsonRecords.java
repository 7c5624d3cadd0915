package org.beamlakehouse.transforms.internal.cdc.plain;

import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.event.EventBuilder;
import org.beamlakehouse.transforms.internal.cdc.event.FormatReader;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.RecordContext;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.event.TombstoneReader;
import org.beamlakehouse.transforms.internal.cdc.image.MessageKey;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.json.Utf8;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Parses plain JSON objects: each is the row of every table that takes records of its topic. Where
 * it is a row of an extract, the extract itself is told before the first of its rows in a batch.
 */
public final class PlainJsonRecords implements FormatReader {
  private final List<TablePlan> plans;
  private final TableMatcher matcher;
  private final JsonReader in = new JsonReader();
  private final RowCells values = new RowCells();
  private final RowCells noEnvelope = new RowCells();
  private final EventBuilder events = new EventBuilder();
  private final TombstoneReader tombstones;

  public PlainJsonRecords(List<TablePlan> plans) {
    this.plans = List.copyOf(plans);
    this.matcher = new TableMatcher(plans);
    this.tombstones = new TombstoneReader(matcher, new MessageKey()::fill);
  }

  @Override
  public void beginBatch() {
    plans.forEach(TablePlan::beginBatch);
    tombstones.beginBatch();
  }

  @Override
  public TableMatcher matcher() {
    return matcher;
  }

  @Override
  public boolean lacksRecordBefore(RawRecord tombstone) {
    return tombstones.lacksRecordBefore(tombstone);
  }

  @Override
  public void readTombstone(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    tombstones.read(record, wanted, sink);
  }

  @Override
  public void read(RawRecord record, @Nullable Set<String> wanted, ParseSink sink)
      throws JsonException {
    Utf8.check(record.payload(), 0);
    RecordContext context = new RecordContext(record, null, noEnvelope, sink);
    boolean taken = false;
    for (TablePlan plan : matcher.ofTopic(record.position().topic())) {
      if (wanted == null || wanted.contains(plan.table().name())) {
        if (!readRow(record, plan, wanted, sink)) {
          return;
        }
        taken = true;
        if (events.plain(plan, values, context)) {
          tombstones.deleted(plan, record);
        }
      }
    }
    // A record that no table wants is read over all the same: broken, it is a dead letter.
    if (!taken && readRow(record, null, wanted, sink)) {
      sink.skipped(SkipReason.OTHER_TABLE);
    }
  }

  /** Reads the record for a table; false where it was no row at all, which the sink then knows. */
  private boolean readRow(
      RawRecord record, @Nullable TablePlan plan, @Nullable Set<String> wanted, ParseSink sink)
      throws JsonException {
    byte[] bytes = record.payload();
    in.open(bytes, Utf8.afterMark(bytes), bytes.length);
    JsonToken token = in.first();
    if (token == JsonToken.NULL && in.isAtEnd()) {
      tombstones.read(record, wanted, sink);
      return false;
    }
    if (token != JsonToken.OBJECT) {
      sink.deadLetter("Cannot parse the record: it is no JSON object");
      return false;
    }
    if (plan == null) {
      in.skip();
    } else {
      values.reset(plan.cells());
      plan.reader(WireType.NATIVE).read(in, values);
    }
    if (!in.isAtEnd()) {
      sink.deadLetter(JsonReader.NOT_ENDING);
      return false;
    }
    return true;
  }
}
