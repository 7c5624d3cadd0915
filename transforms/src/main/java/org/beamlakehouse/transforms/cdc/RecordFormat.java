package org.beamlakehouse.transforms.cdc;

/** How the records of a source are written. */
public enum RecordFormat {
  /**
   * Debezium's change events as Kafka Connect's JSON converter writes them: the envelope with or
   * without {@code {schema, payload}} around it, or flattened by the {@code ExtractNewRecordState}
   * transformation with at least {@code __op} or {@code __deleted} added.
   */
  DEBEZIUM_JSON("debezium-json"),
  /**
   * The flat messages of Canal: {@code data} and {@code old} are arrays of rows whose values are
   * text, {@code type} is {@code INSERT}, {@code UPDATE}, {@code DELETE} or that of a DDL
   * statement.
   */
  CANAL_JSON("canal-json"),
  /**
   * The messages of Maxwell: {@code data} is a row, {@code old} the changed columns before, {@code
   * type} is {@code insert}, {@code update}, {@code delete} or one of bootstraps and DDL.
   */
  MAXWELL_JSON("maxwell-json"),
  /** One flat or nested JSON object per record, with no envelope: every record is an upsert. */
  JSON("json"),
  /**
   * Debezium's change events as Avro converters write them, envelopes or flattened, led by the id
   * of the writer's schema in a schema registry.
   */
  DEBEZIUM_AVRO("debezium-avro"),
  /**
   * One Avro record with no envelope, led by the id of the writer's schema in a schema registry:
   * every record is an upsert.
   */
  AVRO("avro");

  private final String label;

  RecordFormat(String label) {
    this.label = label;
  }

  /** Its name in configuration, for example {@code debezium-json}. */
  public String label() {
    return label;
  }

  /** True where a record says itself what became of the row, and mostly which table's it is. */
  public boolean hasEnvelope() {
    return this != JSON && this != AVRO;
  }

  /** True where records can only be read with the schemas that they were written with. */
  public boolean needsSchemas() {
    return this == DEBEZIUM_AVRO || this == AVRO;
  }
}
