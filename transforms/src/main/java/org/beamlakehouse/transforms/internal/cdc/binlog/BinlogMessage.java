package org.beamlakehouse.transforms.internal.cdc.binlog;

import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames.Field;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.FieldNode;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.ChangeMetadata;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A message of a connector that reads MySQL's binlog and writes {@code data} (rows), {@code old}
 * (what they were, changed columns only), {@code type}, {@code database} and {@code table} beside
 * each other. One object is filled again for every record.
 */
abstract class BinlogMessage implements ChangeMetadata {

  /** What a message does. */
  enum Action {
    INSERT,
    /** A row read by a snapshot. */
    READ,
    UPDATE,
    DELETE,
    TRUNCATE
  }

  final BinlogRows data = new BinlogRows();
  final BinlogRows old = new BinlogRows();
  final RowCells cells = new RowCells();

  private final WireType rowType;
  private final JsonRowReader reader;
  private final FieldNode root;
  private final int cellCount;

  private long logNumber;
  private @Nullable String type;
  private @Nullable String database;
  private @Nullable String table;

  /**
   * A message.
   *
   * @param rowType how the values of the rows are written
   * @param messageType how the values beside the rows are written
   * @param wanted cells for the fields beside the rows that some {@code sequenceBy} names
   */
  BinlogMessage(WireType rowType, WireType messageType, CellList wanted) {
    this.rowType = rowType;
    this.root = wanted.compile(messageType);
    this.reader = new JsonRowReader(root);
    this.cellCount = wanted.size();
  }

  /** Name of the connector. */
  abstract String connector();

  /** What the message does; null where it changes no rows or its type is unknown. */
  abstract @Nullable Action action();

  /** Why a message of a known type changes no rows; null where the type is unknown. */
  abstract @Nullable SkipReason skipReason();

  /** Forgets the place in the log. */
  abstract void resetLog();

  /** Takes one field beside the rows; nested values are left to the caller. */
  abstract void readLog(String name, JsonReader in, JsonToken token);

  /** How the values of the rows are written. */
  WireType rowType() {
    return rowType;
  }

  /** The message's type as it is written; null where it has none. */
  @Nullable String type() {
    return type;
  }

  @Override
  public long logNumber() {
    return logNumber;
  }

  @Override
  public void belongsTo(long number) {
    logNumber = number;
  }

  @Override
  public @Nullable String database() {
    return database;
  }

  @Override
  public @Nullable String schema() {
    return null;
  }

  @Override
  public @Nullable String table() {
    return table;
  }

  /**
   * Reads the object that was begun.
   *
   * @param plan the table whose rows these seem to be, null to leave the rows for later
   */
  void read(JsonReader in, @Nullable TablePlan plan) throws JsonException {
    JsonRowReader rows = plan == null ? null : plan.reader(rowType);
    String lastDatabase = database;
    String lastTable = table;
    reset();
    Field<FieldNode.Child> field = root.names().start();
    while ((field = in.nextField(root.names(), field)) != null) {
      JsonToken token = in.next();
      switch (field.name()) {
        case "data" -> data.read(in, token, plan, rows);
        case "old" -> old.read(in, token, null, null);
        default -> {
          switch (field.name()) {
            case "type" -> type = DebeziumMetadata.text(in, token, type);
            case "database" -> database = DebeziumMetadata.text(in, token, lastDatabase);
            case "table" -> table = DebeziumMetadata.text(in, token, lastTable);
            default -> readLog(field.name(), in, token);
          }
          FieldNode wanted = field.target().node();
          if (wanted == null) {
            in.skip();
          } else {
            reader.readNode(in, wanted, token, cells);
          }
        }
      }
    }
  }

  private void reset() {
    data.reset();
    old.reset();
    cells.reset(cellCount);
    type = null;
    database = null;
    table = null;
    logNumber = 0;
    resetLog();
  }
}
