package org.beamlakehouse.transforms.internal.cdc.connect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the payload in Kafka Connect's {@code {schema, payload}}, and its schema, in records, keys
 * and whatever else the JSON converter writes.
 */
public final class ConnectEnvelope {
  private static final String SCHEMA = "schema";
  private static final String PAYLOAD = "payload";
  private static final byte[] SCHEMA_NAME = "\"schema\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAYLOAD_NAME = "\"payload\"".getBytes(StandardCharsets.US_ASCII);

  private final ConnectSchemas schemas = new ConnectSchemas();

  /**
   * Where a payload lies.
   *
   * @param type what its schema says; {@link WireType#UNKNOWN} where there is none
   * @param from offset of its first byte
   * @param to offset behind it, or of the record's end where {@code open}
   * @param open true where its end is not known yet, so that the record's rest is unchecked
   */
  public record Payload(WireType type, int from, int to, boolean open) {}

  /** True where a record whose first field has this name may be one. */
  public static boolean mayBegin(@Nullable String firstField) {
    return SCHEMA.equals(firstField) || PAYLOAD.equals(firstField);
  }

  /**
   * The payload of the record that begins at {@code start}, if its schema is one seen before: then
   * the parser need not see the schema, and the record behind the payload is left unchecked.
   */
  public @Nullable Payload findKnown(byte[] bytes, int start) {
    int brace = skipSpace(bytes, start);
    int name = skipSpace(bytes, brace + 1);
    if (brace >= bytes.length || bytes[brace] != '{' || !isAt(bytes, name, SCHEMA_NAME)) {
      return null;
    }
    int colon = skipSpace(bytes, name + SCHEMA_NAME.length);
    int from = skipSpace(bytes, colon + 1);
    if (from >= bytes.length || bytes[colon] != ':' || bytes[from] != '{') {
      return null;
    }
    ConnectSchemas.Known schema = schemas.find(bytes, from);
    if (schema == null) {
      return null;
    }
    int comma = skipSpace(bytes, schema.end());
    int payload = skipSpace(bytes, comma + 1);
    if (comma >= bytes.length || bytes[comma] != ',' || !isAt(bytes, payload, PAYLOAD_NAME)) {
      return null;
    }
    int afterName = skipSpace(bytes, payload + PAYLOAD_NAME.length);
    if (afterName >= bytes.length || bytes[afterName] != ':') {
      return null;
    }
    return new Payload(schema.type(), afterName + 1, bytes.length, true);
  }

  /** The payload of the record that begins at {@code start}; null if it is no such record. */
  public @Nullable Payload findUnknown(byte[] bytes, int start) throws JsonException {
    JsonReader in = JsonReader.of(bytes, start, bytes.length);
    in.first();
    int schemaFrom = -1;
    int schemaTo = -1;
    int payloadFrom = -1;
    int payloadTo = -1;
    String name;
    while ((name = in.nextFieldName()) != null) {
      JsonToken token = in.next();
      int from = in.start();
      in.skip();
      int to = in.end();
      if (name.equals(PAYLOAD)) {
        payloadFrom = from;
        payloadTo = to;
      } else if (name.equals(SCHEMA) && (token == JsonToken.OBJECT || token == JsonToken.NULL)) {
        schemaFrom = token == JsonToken.OBJECT ? from : -1;
        schemaTo = to;
      } else {
        return null;
      }
    }
    if (payloadFrom < 0 || !in.isAtEnd()) {
      return null;
    }
    WireType type = schemaFrom < 0 ? WireType.UNKNOWN : schemas.read(bytes, schemaFrom, schemaTo);
    return new Payload(type, payloadFrom, payloadTo, false);
  }

  /** True where nothing but the closing brace follows at {@code from}. */
  public static boolean isClosed(byte[] bytes, int from) {
    int brace = skipSpace(bytes, from);
    return brace < bytes.length
        && bytes[brace] == '}'
        && skipSpace(bytes, brace + 1) == bytes.length;
  }

  private static boolean isAt(byte[] bytes, int from, byte[] expected) {
    int to = from + expected.length;
    return to <= bytes.length && Arrays.equals(bytes, from, to, expected, 0, expected.length);
  }

  /** Offset of the first byte from {@code from} that is no white space. */
  public static int skipSpace(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
    return at;
  }
}
