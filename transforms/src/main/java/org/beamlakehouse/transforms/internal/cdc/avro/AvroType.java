package org.beamlakehouse.transforms.internal.cdc.avro;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How a value is written: a writer's Avro schema, taken apart once for all of its records. Types of
 * schemas that hold themselves hold themselves as well.
 *
 * <p>What a value means is told by the name that Kafka Connect's converters put into the schema
 * ({@code connect.name}, or a record's own name), else by Avro's logical type.
 */
public final class AvroType {
  private static final String CONNECT_NAME = "connect.name";

  private final Schema.Type kind;
  private final WireType wire;
  private final int size;
  private final List<AvroType> parts = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<byte[]> symbols = new ArrayList<>();

  private AvroType(Schema schema) {
    this.kind = schema.getType();
    this.wire = meaning(schema);
    this.size = kind == Schema.Type.FIXED ? schema.getFixedSize() : 0;
  }

  static AvroType of(Schema schema) {
    return of(schema, new IdentityHashMap<>());
  }

  private static AvroType of(Schema schema, Map<Schema, AvroType> begun) {
    AvroType known = begun.get(schema);
    if (known != null) {
      return known;
    }
    AvroType type = new AvroType(schema);
    begun.put(schema, type);
    switch (schema.getType()) {
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          type.names.add(field.name());
          type.parts.add(of(field.schema(), begun));
        }
      }
      case UNION -> schema.getTypes().forEach(branch -> type.parts.add(of(branch, begun)));
      case ARRAY -> type.parts.add(of(schema.getElementType(), begun));
      case MAP -> type.parts.add(of(schema.getValueType(), begun));
      case ENUM ->
          schema
              .getEnumSymbols()
              .forEach(symbol -> type.symbols.add(symbol.getBytes(StandardCharsets.UTF_8)));
      default -> {
        // Has no parts.
      }
    }
    return type;
  }

  public Schema.Type kind() {
    return kind;
  }

  /** What a scalar means, or by its name a record. */
  WireType wire() {
    return wire;
  }

  /** A union's branches, the types of a record's fields, or the one of an array or a map. */
  public List<AvroType> parts() {
    return parts;
  }

  /** The type of an array's elements or of a map's values. */
  AvroType element() {
    return parts.get(0);
  }

  /** Names of a record's fields. */
  public List<String> names() {
    return names;
  }

  /** The type of a record's field; null where it has none of that name. */
  public @Nullable AvroType field(String name) {
    int index = names.indexOf(name);
    return index < 0 ? null : parts.get(index);
  }

  /** An enum's symbols in UTF-8. */
  List<byte[]> symbols() {
    return symbols;
  }

  /** Bytes of a fixed. */
  int size() {
    return size;
  }

  /** The one branch of a union that is not null, or the type itself; null where there are more. */
  public @Nullable AvroType present() {
    if (kind != Schema.Type.UNION) {
      return this;
    }
    AvroType found = null;
    for (AvroType branch : parts) {
      if (branch.kind != Schema.Type.NULL) {
        if (found != null) {
          return null;
        }
        found = branch;
      }
    }
    return found;
  }

  /** True for an array of the entries of a map whose keys are not text, as Connect writes them. */
  boolean isEntries() {
    return kind == Schema.Type.ARRAY
        && element().kind == Schema.Type.RECORD
        && element().names.equals(List.of("key", "value"));
  }

  /** What kind of value it is, for messages. */
  public String describe() {
    return switch (kind) {
      case NULL -> "null";
      case BOOLEAN -> "a boolean";
      case INT, LONG -> "an integer";
      case FLOAT, DOUBLE -> "a fractional number";
      case BYTES, FIXED -> wire.kind() == WireType.Kind.DECIMAL ? "a decimal" : "bytes";
      case STRING, ENUM -> "a string";
      case ARRAY -> "an array";
      case MAP -> "a map";
      case RECORD -> "a record";
      case UNION -> "a union";
    };
  }

  private static WireType meaning(Schema schema) {
    boolean bytes = schema.getType() == Schema.Type.FIXED;
    String base = bytes ? "bytes" : schema.getType().getName();
    String name = schema.getProp(CONNECT_NAME);
    if (name == null && schema.getType() == Schema.Type.RECORD) {
      name = schema.getFullName();
    }
    WireType named = WireType.named(name, base, scale(schema));
    LogicalType logical = schema.getLogicalType();
    WireType.Kind kind = logical == null ? null : kindOf(logical.getName());
    boolean told = named.kind() != WireType.Kind.PLAIN && named.kind() != WireType.Kind.BYTES;
    return told || kind == null
        ? named
        : new WireType(kind, logical.getName(), named.scale(), Map.of(), null);
  }

  /** The scale of a decimal, also where Avro does not take it for one as Connect does. */
  private static int scale(Schema schema) {
    Object scale = schema.getObjectProp("scale");
    if (scale == null && schema.getObjectProp("connect.parameters") instanceof Map<?, ?> given) {
      scale = given.get("scale");
    }
    if (scale instanceof Integer number) {
      return number;
    }
    try {
      return scale instanceof String text ? Integer.parseInt(text) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static WireType.@Nullable Kind kindOf(String logicalType) {
    return switch (logicalType) {
      case "date" -> WireType.Kind.DAYS;
      case "time-millis" -> WireType.Kind.TIME_MILLIS;
      case "time-micros" -> WireType.Kind.TIME_MICROS;
      case "timestamp-millis", "local-timestamp-millis" -> WireType.Kind.EPOCH_MILLIS;
      case "timestamp-micros", "local-timestamp-micros" -> WireType.Kind.EPOCH_MICROS;
      case "timestamp-nanos", "local-timestamp-nanos" -> WireType.Kind.EPOCH_NANOS;
      case "decimal" -> WireType.Kind.DECIMAL;
      case "uuid" -> WireType.Kind.UUID;
      default -> null;
    };
  }
}
