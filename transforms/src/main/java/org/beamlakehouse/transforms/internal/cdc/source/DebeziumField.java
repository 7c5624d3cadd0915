package org.beamlakehouse.transforms.internal.cdc.source;

import java.util.Set;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A field by which Debezium says something of a change: of the envelope's {@code source}, or added
 * to a flattened row with {@code __} before its name.
 */
public enum DebeziumField {
  OPERATION,
  DELETED,
  DATABASE,
  SCHEMA,
  TABLE,
  CONNECTOR,
  SERVER,
  SERVER_ID,
  SNAPSHOT,
  SEQUENCE,
  FILE,
  COMMIT_LSN,
  CHANGE_LSN,
  RS_ID,
  LSN,
  POS,
  ROW,
  EVENT_SERIAL,
  SCN,
  SSN,
  ORD,
  MILLIS,
  MICROS,
  NANOS,
  HANDLED_MILLIS,
  /** Says nothing that is needed here. */
  OTHER;

  private static final String METADATA_PREFIX = "__";
  private static final String SOURCE_PREFIX = "source_";
  private static final String TRANSACTION_PREFIX = "transaction_";

  /** What else the connectors have in their source, and may add to a flattened record. */
  private static final Set<String> MORE_METADATA =
      Set.of(
          ("version connector name snapshot sequence txId xmin gtid thread query"
                  + " commit_scn start_scn start_ts_ms commit_ts_ms lcr_position redo_thread"
                  + " redo_sql user_name row_id client_id lsid txnNumber wallTime origin origin_lsn"
                  + " cluster keyspace shard vgtid transaction")
              .split(" "));

  /** The item of a field of an envelope's {@code source}. */
  public static DebeziumField ofSource(String name) {
    return switch (name) {
      case "db" -> DATABASE;
      case "schema" -> SCHEMA;
      case "table", "collection" -> TABLE;
      case "connector" -> CONNECTOR;
      case "name" -> SERVER;
      case "server_id" -> SERVER_ID;
      case "snapshot" -> SNAPSHOT;
      case "sequence" -> SEQUENCE;
      case "file" -> FILE;
      case "commit_lsn" -> COMMIT_LSN;
      case "change_lsn" -> CHANGE_LSN;
      case "rs_id" -> RS_ID;
      case "lsn" -> LSN;
      case "pos" -> POS;
      case "row" -> ROW;
      case "event_serial_no" -> EVENT_SERIAL;
      case "scn" -> SCN;
      case "ssn" -> SSN;
      case "ord" -> ORD;
      case "ts_ms" -> MILLIS;
      case "ts_us" -> MICROS;
      case "ts_ns" -> NANOS;
      default -> OTHER;
    };
  }

  /**
   * The item of a field of a flattened record; null where the name is none of those that Debezium
   * can add to a row.
   */
  public static @Nullable DebeziumField ofFlat(String name) {
    if (!name.startsWith(METADATA_PREFIX)) {
      return null;
    }
    String field = name.substring(METADATA_PREFIX.length());
    return switch (field) {
      case "op" -> OPERATION;
      case "deleted" -> DELETED;
      case "ts_ms" -> HANDLED_MILLIS;
      // The connector's own clock in another unit.
      case "ts_us", "ts_ns" -> OTHER;
      default -> {
        if (field.startsWith(SOURCE_PREFIX)) {
          yield ofSource(field.substring(SOURCE_PREFIX.length()));
        }
        DebeziumField item = ofSource(field);
        boolean known = item != OTHER || MORE_METADATA.contains(field);
        // Any other name may be a column's: what nobody reads of it is rescued.
        yield known || field.startsWith(TRANSACTION_PREFIX) ? item : null;
      }
    };
  }

  /** The unit of one of Debezium's own times by its name or path; null where it is no time. */
  public static @Nullable TimestampUnit unitOf(String field) {
    String name = field.substring(field.lastIndexOf('.') + 1);
    if (name.equals("ts_ms") || name.endsWith("_ts_ms")) {
      return TimestampUnit.MILLIS;
    } else if (name.equals("ts_us") || name.endsWith("_ts_us")) {
      return TimestampUnit.MICROS;
    }
    return name.equals("ts_ns") || name.endsWith("_ts_ns") ? TimestampUnit.NANOS : null;
  }

  /** The same of a field of a flattened record, whose other fields are columns. */
  public static @Nullable TimestampUnit unitOfFlat(String field) {
    return isOfFlat(field) ? unitOf(field) : null;
  }

  /** Whether Debezium adds a field of that name to flattened records. */
  public static boolean isOfFlat(String field) {
    return DebeziumField.ofFlat(field) != null;
  }
}
