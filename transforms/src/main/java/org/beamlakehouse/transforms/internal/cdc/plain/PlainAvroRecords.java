package org.beamlakehouse.transforms.internal.cdc.plain;

import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroException;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroInput;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader.Kept;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroType;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroValues;
import org.beamlakehouse.transforms.internal.cdc.avro.WriterSchemaCache;
import org.beamlakehouse.transforms.internal.cdc.event.EventBuilder;
import org.beamlakehouse.transforms.internal.cdc.event.FormatReader;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.RecordContext;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.event.TombstoneReader;
import org.beamlakehouse.transforms.internal.cdc.image.AvroKey;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Parses Avro records with no envelope, each led by the id of its writer's schema: each is the row
 * of every table that takes records of its topic.
 */
public final class PlainAvroRecords implements FormatReader {
  private final List<TablePlan> plans;
  private final TableMatcher matcher;
  private final AvroInput in = new AvroInput();
  private final RowCells values = new RowCells();
  private final RowCells noEnvelope = new RowCells();
  private final EventBuilder events = new EventBuilder();
  private final WriterSchemaCache writers;
  private final TombstoneReader tombstones;

  public PlainAvroRecords(List<TablePlan> plans, WriterSchemas schemas) {
    this.plans = List.copyOf(plans);
    this.matcher = new TableMatcher(plans);
    this.writers = new WriterSchemaCache(schemas);
    this.tombstones = new TombstoneReader(matcher, new AvroKey(schemas)::fill);
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
      throws AvroException {
    AvroType type = writers.open(record.payload(), in);
    int from = in.at();
    AvroValues.skip(type, in);
    in.expectEnd();
    if (type.kind() == Schema.Type.NULL) {
      tombstones.read(record, wanted, sink);
      return;
    }
    if (type.kind() != Schema.Type.RECORD) {
      sink.deadLetter(
          "Cannot parse the record: it is " + type.describe() + " by its schema, and no record");
      return;
    }
    RecordContext context = new RecordContext(record, null, noEnvelope, sink);
    boolean taken = false;
    for (TablePlan plan : matcher.ofTopic(record.position().topic())) {
      if (wanted == null || wanted.contains(plan.table().name())) {
        taken = true;
        String unfit = plan.whyUnfit(type);
        if (unfit == null) {
          in.seek(from);
          values.reset(plan.cells());
          plan.reader(type).read(in, values, Kept.ALL);
          if (events.plain(plan, values, context)) {
            tombstones.deleted(plan, record);
          }
        } else {
          sink.unfit(plan.table(), unfit);
        }
      }
    }
    if (!taken) {
      sink.skipped(SkipReason.OTHER_TABLE);
    }
  }
}
