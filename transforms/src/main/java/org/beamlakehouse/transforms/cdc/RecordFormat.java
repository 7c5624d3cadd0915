package org.beamlakehouse.transforms.cdc;

/** How the records of a source are written. */
public enum RecordFormat {
  /**
   * Debezium's change events as Kafka Connect's JSON converter writes them: the envelope with or
   * without {@code {schema, payload}} around it, or flattened by the {@code ExtractNewRecordState}
   * transformation with at least {@code __op} or {@code __deleted} added.
   */
  DEBEZIUM_JSON,
  /** One flat or nested JSON object per record, with no envelope: every record is an upsert. */
  JSON
}
