package org.beamlakehouse.transforms.internal.cdc.binlog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.binlog.BinlogMessage.Action;
import org.beamlakehouse.transforms.internal.cdc.event.EventBuilder;
import org.beamlakehouse.transforms.internal.cdc.event.FormatReader;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.RecordContext;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.json.Utf8;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the messages of Canal and Maxwell. The image before an update is {@code data} overlaid by
 * {@code old}, so that a change of the key is seen.
 *
 * <p>The table of a message may be named behind its rows, so the rows are read for the table that
 * the topic's last record was of; where that proves wrong, or several tables take the record, the
 * bytes of the rows are read again.
 */
public final class BinlogRecords implements FormatReader {
  private final JsonReader in = new JsonReader();
  private final BinlogMessage message;
  private final TableMatcher matcher;
  private final EventBuilder events = new EventBuilder();
  private final Map<String, TablePlan> lastPlans = new HashMap<>();
  private final LogReading log = new LogReading();
  private @Nullable LogWatch watch;

  public BinlogRecords(List<TablePlan> plans, BinlogMessage message) {
    this.message = message;
    this.matcher = new TableMatcher(plans);
  }

  @Override
  public void watch(@Nullable LogWatch next) {
    watch = next;
  }

  @Override
  public TableMatcher matcher() {
    return matcher;
  }

  @Override
  public void read(RawRecord record, @Nullable Set<String> wanted, ParseSink sink)
      throws JsonException {
    byte[] bytes = record.payload();
    Utf8.check(bytes, 0);
    in.open(bytes, Utf8.afterMark(bytes), bytes.length);
    JsonToken token = in.first();
    if (token == JsonToken.OBJECT) {
      String topic = record.position().topic() == null ? "" : record.position().topic();
      TablePlan last = lastPlans.get(topic);
      message.read(in, last != null && wants(wanted, last) ? last : null);
      if (!in.isAtEnd()) {
        sink.deadLetter(JsonReader.NOT_ENDING);
      } else {
        lastPlans.put(topic, emit(record, wanted, sink));
      }
    } else if (token == JsonToken.NULL && in.isAtEnd()) {
      sink.skipped(SkipReason.TOMBSTONE);
    } else {
      sink.deadLetter("Cannot parse the record: it is no JSON object");
    }
  }

  /** Sends the changes of the message; gives the table for which its rows were read first. */
  private @Nullable TablePlan emit(RawRecord record, @Nullable Set<String> wanted, ParseSink sink)
      throws JsonException {
    Action action = message.action();
    if (action == null) {
      SkipReason reason = message.skipReason();
      if (reason != null) {
        sink.skipped(reason);
      } else {
        sink.deadLetter("Cannot parse the record: " + whyNoAction());
      }
      return null;
    }
    if (watch != null) {
      message.tell(log);
      message.belongsTo(watch.observe(log, record));
    }
    List<TablePlan> plans = matcher.ofChange(message, record.position().topic());
    String wrong = whyUnreadable(action);
    if (!plans.isEmpty() && wrong != null) {
      sink.deadLetter("Cannot parse the record: " + wrong);
      return null;
    }
    RecordContext context = new RecordContext(record, message, message.cells, sink);
    TablePlan first = null;
    for (TablePlan plan : plans) {
      if (wants(wanted, plan)) {
        first = first == null ? plan : first;
        emit(action, plan, context);
      }
    }
    if (first == null) {
      sink.skipped(SkipReason.OTHER_TABLE);
    }
    return first;
  }

  private void emit(Action action, TablePlan plan, RecordContext context) throws JsonException {
    if (action == Action.TRUNCATE) {
      events.truncate(plan, null, context);
    } else if (message.data.size() == 0) {
      events.quarantineRowless(plan, context);
    }
    for (int row = 0; action != Action.TRUNCATE && row < message.data.size(); row++) {
      emitRow(action, row, plan, context.atRow(row));
    }
  }

  private void emitRow(Action action, int number, TablePlan plan, RecordContext context)
      throws JsonException {
    byte[] bytes = context.record().payload();
    JsonRowReader reader = plan.reader(message.rowType());
    RowCells row = message.data.get(number).values(bytes, plan, reader);
    if (row == null) {
      events.quarantineRowless(plan, context);
      return;
    }
    switch (action) {
      case DELETE -> events.delete(plan, row, context);
      case UPDATE -> {
        RowCells before =
            message.old.size() == 0 ? null : message.old.get(number).valuesOver(row, bytes, reader);
        events.upsert(plan, Operation.UPDATE, row, before, context);
      }
      default -> {
        Operation operation = action == Action.READ ? Operation.READ : Operation.INSERT;
        events.upsert(plan, operation, row, null, context);
      }
    }
  }

  private String whyNoAction() {
    return message.type() == null
        ? "it has no type as " + message.connector() + "'s messages have"
        : "its type is none of " + message.connector() + "'s";
  }

  private @Nullable String whyUnreadable(Action action) {
    if (action == Action.TRUNCATE) {
      return null;
    }
    if (message.data.isMalformed()) {
      return "data holds something else than JSON objects";
    }
    if (action == Action.UPDATE && message.old.isMalformed()) {
      return "old holds something else than JSON objects";
    }
    boolean unequal =
        action == Action.UPDATE
            && message.old.size() > 0
            && message.old.size() != message.data.size();
    return unequal ? "data and old hold different numbers of rows" : null;
  }

  private static boolean wants(@Nullable Set<String> wanted, TablePlan plan) {
    return wanted == null || wanted.contains(plan.table().name());
  }
}
