package org.beamlakehouse.transforms.internal.cdc.debezium;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroInput;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroType;
import org.beamlakehouse.transforms.internal.cdc.avro.WriterSchemaCache;
import org.beamlakehouse.transforms.internal.cdc.debezium.DebeziumJsonRecords.Reading;
import org.beamlakehouse.transforms.internal.cdc.event.FormatReader;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.image.AvroBeforeAndAfter;
import org.beamlakehouse.transforms.internal.cdc.image.AvroKey;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads Debezium's change events in Avro, each led by the id of its writer's schema. What kind of
 * record it is, the schema tells; what it says of the change is read and all of it checked in one
 * pass, and its rows are then read for each table that takes it.
 */
public final class DebeziumAvroRecords implements FormatReader {
  private static final int MAX_ENVELOPES = 1_000;

  private final AvroInput in = new AvroInput();
  private final DebeziumMetadata source = new DebeziumMetadata();
  private final RowCells cells = new RowCells();
  private final WriterSchemaCache writers;
  private final CellList envelopeCells;
  private final IdentityHashMap<AvroType, AvroEnvelope> envelopes = new IdentityHashMap<>();
  private final AvroBeforeAndAfter images;
  private final DebeziumChanges changes;

  public DebeziumAvroRecords(List<TablePlan> plans, CellList envelopeCells, WriterSchemas schemas) {
    this.writers = new WriterSchemaCache(schemas);
    this.envelopeCells = envelopeCells;
    AvroKey keys = new AvroKey(schemas);
    this.images = new AvroBeforeAndAfter(in, keys);
    this.changes = new DebeziumChanges(plans, source, cells, keys::fill);
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
    AvroType type = writers.open(record.payload(), in);
    AvroEnvelope envelope = envelope(type);
    source.reset();
    cells.reset(envelopeCells.size());
    images.reset(record);
    SkipReason skipReason = null;
    switch (envelope.shape()) {
      case ENVELOPE -> envelope.read(in, source, cells, images);
      case FLATTENED -> envelope.readFlattened(in, source, images);
      case OTHER -> skipReason = envelope.check(in);
    }
    in.expectEnd();
    if (source.operation != null) {
      changes.emit(images, new Reading(record, wanted, sink));
    } else if (skipReason == SkipReason.TOMBSTONE) {
      changes.readTombstone(record, wanted, sink);
    } else if (skipReason != null) {
      sink.skipped(skipReason);
    } else {
      sink.deadLetter(DebeziumJsonRecords.NO_ENVELOPE);
    }
  }

  private AvroEnvelope envelope(AvroType type) {
    AvroEnvelope envelope = envelopes.get(type);
    if (envelope == null) {
      if (envelopes.size() >= MAX_ENVELOPES) {
        envelopes.clear();
      }
      envelope = new AvroEnvelope(type, envelopeCells);
      envelopes.put(type, envelope);
    }
    return envelope;
  }
}
