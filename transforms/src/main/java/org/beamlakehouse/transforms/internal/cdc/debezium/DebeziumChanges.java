package org.beamlakehouse.transforms.internal.cdc.debezium;

import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.debezium.DebeziumJsonRecords.Reading;
import org.beamlakehouse.transforms.internal.cdc.event.EventBuilder;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.RecordContext;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.event.TombstoneReader;
import org.beamlakehouse.transforms.internal.cdc.image.BeforeAndAfter;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Makes changes of a Debezium record that was read, one for each table that takes it. */
final class DebeziumChanges {
  private static final String NO_DOCUMENT =
      "MongoDB's connector sent what the update changed in the place of the document; set its"
          + " capture.mode to change_streams_update_full";

  private final EventBuilder events = new EventBuilder();
  private final TableMatcher matcher;
  private final TombstoneReader tombstones;
  private final DebeziumMetadata source;
  private final RowCells envelopeCells;
  private final LogReading log = new LogReading();
  private @Nullable LogWatch watch;

  DebeziumChanges(
      List<TablePlan> plans,
      DebeziumMetadata source,
      RowCells envelopeCells,
      TombstoneReader.Keys keys) {
    this.matcher = new TableMatcher(plans);
    this.tombstones = new TombstoneReader(matcher, keys);
    this.source = source;
    this.envelopeCells = envelopeCells;
  }

  void beginBatch() {
    tombstones.beginBatch();
  }

  boolean lacksRecordBefore(RawRecord tombstone) {
    return tombstones.lacksRecordBefore(tombstone);
  }

  /** Reads a record without a payload, which names no table but by its topic. */
  void readTombstone(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    tombstones.read(record, wanted, sink);
  }

  void watch(@Nullable LogWatch next) {
    watch = next;
  }

  TableMatcher matcher() {
    return matcher;
  }

  /**
   * Sends the changes of the record.
   *
   * @return the table for which the images were read first; null where no table takes the record
   */
  @Nullable TablePlan emit(BeforeAndAfter images, Reading reading) throws RecordException {
    if (source.operation.equals("m")) {
      reading.sink().skipped(SkipReason.LOGICAL_MESSAGE);
      return null;
    }
    if (watch != null) {
      source.tell(log);
      source.belongsTo(watch.observe(log, reading.record()));
    }
    List<TablePlan> plans = matcher.ofChange(source, reading.record().position().topic());
    String wrong = whyUnreadable(images);
    if (!plans.isEmpty() && wrong != null) {
      reading.sink().deadLetter("Cannot parse the record: " + wrong);
      return null;
    }
    TablePlan first = null;
    for (TablePlan plan : plans) {
      first = first == null && reading.wants(plan) ? plan : first;
    }
    if (first == null) {
      reading
          .sink()
          .skipped(TableOrigin.isSignal(source.table) ? SkipReason.SIGNAL : SkipReason.OTHER_TABLE);
      return null;
    }
    RecordContext context =
        new RecordContext(reading.record(), source, envelopeCells, reading.sink());
    for (TablePlan plan : plans) {
      if (plan == first || reading.wants(plan)) {
        String unfit = images.whyUnfit(plan);
        if (unfit == null) {
          emit(plan, images, context);
        } else {
          reading.sink().unfit(plan.table(), unfit);
        }
      }
    }
    return first;
  }

  private void emit(TablePlan plan, BeforeAndAfter images, RecordContext context)
      throws RecordException {
    switch (source.operation) {
      case "t" -> events.truncate(plan, null, context);
      case "d" -> {
        RowCells image = images.before(plan);
        if (image == null) {
          image = new RowCells();
          image.reset(plan.cells());
        }
        if (!hasKey(plan, image)) {
          images.fillKey(plan, image);
        }
        if (events.delete(plan, image, context)) {
          tombstones.deleted(plan, context.record());
        }
      }
      default -> {
        RowCells row = images.after(plan);
        if (row == null) {
          events.quarantineRowless(plan, context);
        } else {
          RowCells old = source.operation.equals("u") ? images.before(plan) : null;
          events.upsert(plan, operation(), row, old, context);
        }
      }
    }
  }

  private @Nullable String whyUnreadable(BeforeAndAfter images) {
    return switch (source.operation) {
      case "c", "r", "u" -> {
        if (images.afterIsNo() != null) {
          yield "after is no " + images.afterIsNo();
        }
        yield source.partial && !images.hasAfter() ? NO_DOCUMENT : null;
      }
      case "d" -> images.beforeIsNo() == null ? null : "before is no " + images.beforeIsNo();
      case "t" -> null;
      default -> "its operation is none of c, r, u, d, t and m";
    };
  }

  private Operation operation() {
    return switch (source.operation) {
      case "c" -> Operation.INSERT;
      case "r" -> Operation.READ;
      default -> Operation.UPDATE;
    };
  }

  private static boolean hasKey(TablePlan plan, RowCells image) {
    for (int key : plan.table().keyIndexes()) {
      if (image.cells()[key] == null) {
        return false;
      }
    }
    return true;
  }
}
