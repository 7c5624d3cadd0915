package org.beamlakehouse.transforms.internal.cdc.value;

import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of how a value is written: the semantic type that the connector's schema names.
 *
 * @param kind how the JSON value is to be understood
 * @param name the schema's name for messages, or its base type
 * @param scale scale of a decimal
 * @param fields fields of a struct by name
 * @param element element of an array, or value of a map
 */
public record WireType(
    Kind kind, String name, int scale, Map<String, WireType> fields, @Nullable WireType element) {

  /** How a JSON value is to be understood. */
  public enum Kind {
    /** No connector: the value is what its JSON token says. */
    NATIVE,
    /** A connector's value without its schema. */
    UNKNOWN,
    /** A value with a schema and no semantic name: what its JSON token says. */
    PLAIN,
    DAYS,
    EPOCH_SECONDS,
    EPOCH_MILLIS,
    EPOCH_MICROS,
    EPOCH_NANOS,
    TIME_MILLIS,
    TIME_MICROS,
    TIME_NANOS,
    /** A number that is neither a date nor a time: a year, a duration. */
    COUNT,
    /** Base64 of a big-endian two's complement number, with the schema's scale. */
    DECIMAL,
    /** An object of a scale and base64 of the unscaled number. */
    VARIABLE_DECIMAL,
    BYTES,
    /** A uuid as text, or as its 16 bytes. */
    UUID,
    /** An object with base64 of well-known binary in {@code wkb}. */
    GEOMETRY,
    /** A string that holds JSON. */
    JSON_TEXT,
    /** MongoDB's extended JSON, in which a date is an object that says so. */
    DOCUMENT,
    /** A string that holds the value, whatever its type. */
    TEXT
  }

  public static final WireType NATIVE = of(Kind.NATIVE, "json");
  public static final WireType UNKNOWN = of(Kind.UNKNOWN, "unknown");

  /** A document of MongoDB. */
  public static final WireType DOCUMENT = of(Kind.DOCUMENT, "document");

  private static final WireType DOCUMENT_DATE = of(Kind.EPOCH_MILLIS, "$date");

  /** A string that holds JSON, in which all is what its JSON token says. */
  static final WireType JSON_TEXT = of(Kind.JSON_TEXT, "text");

  /** Every value of the record is text. */
  public static final WireType TEXT = of(Kind.TEXT, "text");

  public static WireType of(Kind kind, String name) {
    return new WireType(kind, name, 0, Map.of(), null);
  }

  /** A record without a schema, of which the connector's documentation tells some fields. */
  public static WireType ofFields(Map<String, WireType> fields) {
    return new WireType(Kind.NATIVE, "json", 0, fields, null);
  }

  /** True where a string may stand for something else because no schema tells. */
  public boolean isUntold() {
    return kind == Kind.UNKNOWN;
  }

  /** True where a schema says by a name what the values mean. */
  public boolean isTold() {
    return switch (kind) {
      case NATIVE, UNKNOWN, PLAIN, TEXT, DOCUMENT -> false;
      default -> true;
    };
  }

  /**
   * The type of a struct's field; {@link #UNKNOWN}, {@link #NATIVE} and {@link #TEXT} hold for all
   * below.
   */
  public WireType field(String field) {
    if (kind == Kind.DOCUMENT && field.equals("$date")) {
      return DOCUMENT_DATE;
    }
    WireType found = fields.get(field);
    return found != null ? found : inherited();
  }

  /** The type of a list's elements or a map's values. */
  WireType elements() {
    return element != null ? element : inherited();
  }

  private WireType inherited() {
    return switch (kind) {
      case NATIVE, JSON_TEXT -> NATIVE;
      case TEXT -> TEXT;
      case DOCUMENT -> DOCUMENT;
      default -> UNKNOWN;
    };
  }

  /** The type of values with a schema of this name; {@code base} is its physical type. */
  public static WireType named(@Nullable String name, String base, int scale) {
    Kind kind = name == null ? null : kindOf(name);
    if (kind == null) {
      kind = base.equals("bytes") ? Kind.BYTES : Kind.PLAIN;
    }
    return new WireType(kind, name != null ? name : base, scale, Map.of(), null);
  }

  private static @Nullable Kind kindOf(String name) {
    return switch (name) {
      case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date" -> Kind.DAYS;
      case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp" ->
          Kind.EPOCH_MILLIS;
      case "io.debezium.time.MicroTimestamp" -> Kind.EPOCH_MICROS;
      case "io.debezium.time.NanoTimestamp" -> Kind.EPOCH_NANOS;
      case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time" -> Kind.TIME_MILLIS;
      case "io.debezium.time.MicroTime" -> Kind.TIME_MICROS;
      case "io.debezium.time.NanoTime" -> Kind.TIME_NANOS;
      case "io.debezium.time.Year",
          "io.debezium.time.MicroDuration",
          "io.debezium.time.NanoDuration" ->
          Kind.COUNT;
      case "org.apache.kafka.connect.data.Decimal" -> Kind.DECIMAL;
      case "io.debezium.data.VariableScaleDecimal" -> Kind.VARIABLE_DECIMAL;
      case "io.debezium.data.Json" -> Kind.JSON_TEXT;
      case "io.debezium.data.Bits" -> Kind.BYTES;
      case "io.debezium.data.geometry.Point",
          "io.debezium.data.geometry.Geometry",
          "io.debezium.data.geometry.Geography" ->
          Kind.GEOMETRY;
      // Zoned and ISO times, intervals, uuid, enum, xml and the like are written as plain strings.
      default -> null;
    };
  }
}
