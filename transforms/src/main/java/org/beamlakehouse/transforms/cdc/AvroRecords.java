package org.beamlakehouse.transforms.cdc;

import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.AvroRow.Kept;
import org.beamlakehouse.transforms.change.RawRecord;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Parses Avro records with no envelope, each led by the id of its writer's schema: each is the row
 * of every table that takes records of its topic.
 */
final class AvroRecords implements RecordReader {
  private final List<TablePlan> plans;
  private final TableMatcher matcher;
  private final AvroInput in = new AvroInput();
  private final RowValues values = new RowValues();
  private final RowValues noEnvelope = new RowValues();
  private final EventBuilder events = new EventBuilder();
  private final AvroWriters writers;
  private final TombstoneReader tombstones;

  AvroRecords(List<TablePlan> plans, WriterSchemas schemas) {
    this.plans = List.copyOf(plans);
    this.matcher = new TableMatcher(plans);
    this.writers = new AvroWriters(schemas);
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
