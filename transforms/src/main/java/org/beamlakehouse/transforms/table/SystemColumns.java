package org.beamlakehouse.transforms.table;

import java.util.List;

/**
 * The columns that every silver table has beside the contract's, and their order.
 *
 * <p>Physical order: contract columns, then by storage type {@code is_deleted, deleted_at} (latest,
 * soft deletes), {@code valid_from, valid_to, is_current, row_hash} (history) or {@code event_date,
 * ingestion_lag_secs, is_late_arrival} (events with an event time), then {@code ingested_at,
 * dq_passed, dq_failure_reason, pipeline_version, _sequence, _rescued_data}.
 */
public final class SystemColumns {
  public static final String IS_DELETED = "is_deleted";
  public static final String DELETED_AT = "deleted_at";
  public static final String VALID_FROM = "valid_from";
  public static final String VALID_TO = "valid_to";
  public static final String IS_CURRENT = "is_current";
  public static final String ROW_HASH = "row_hash";
  public static final String EVENT_DATE = "event_date";
  public static final String INGESTION_LAG_SECS = "ingestion_lag_secs";
  public static final String IS_LATE_ARRIVAL = "is_late_arrival";
  public static final String INGESTED_AT = "ingested_at";
  public static final String DQ_PASSED = "dq_passed";
  public static final String DQ_FAILURE_REASON = "dq_failure_reason";
  public static final String PIPELINE_VERSION = "pipeline_version";
  public static final String SEQUENCE = "_sequence";
  public static final String RESCUED_DATA = "_rescued_data";

  /** Columns that events with an event time add. */
  static final List<Column> EVENT =
      List.of(
          Column.of(EVENT_DATE, ColumnType.DATE),
          Column.of(INGESTION_LAG_SECS, ColumnType.LONG),
          Column.of(IS_LATE_ARRIVAL, ColumnType.BOOLEAN));

  static final Column SEQUENCE_COLUMN = Column.required(SEQUENCE, ColumnType.BINARY);

  /** Columns that travel with each change, in carried order. */
  static final List<Column> PROVENANCE =
      List.of(
          Column.of(INGESTED_AT, ColumnType.TIMESTAMPTZ),
          Column.of(DQ_PASSED, ColumnType.BOOLEAN),
          Column.of(DQ_FAILURE_REASON, ColumnType.STRING),
          Column.of(PIPELINE_VERSION, ColumnType.STRING),
          Column.of(RESCUED_DATA, ColumnType.STRING));

  /** Names that a contract may not use for its own columns. */
  public static final List<String> RESERVED =
      List.of(
          IS_DELETED,
          DELETED_AT,
          VALID_FROM,
          VALID_TO,
          IS_CURRENT,
          ROW_HASH,
          EVENT_DATE,
          INGESTION_LAG_SECS,
          IS_LATE_ARRIVAL,
          INGESTED_AT,
          DQ_PASSED,
          DQ_FAILURE_REASON,
          PIPELINE_VERSION,
          SEQUENCE,
          RESCUED_DATA,
          // Readers of Iceberg tables find something else under these.
          "_file",
          "_pos",
          "_deleted",
          "_spec_id",
          "_partition",
          "_row_id",
          "_last_updated_sequence_number",
          "_change_type",
          "_change_ordinal",
          "_commit_snapshot_id");

  private SystemColumns() {}
}
