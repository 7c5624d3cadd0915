package org.beamlakehouse.pipelines.internal.show;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * The text forms of values: decimals as plain numbers, times in ISO 8601 with microseconds ({@code
 * Z} only for timestamptz), binary in base64.
 */
final class ValueText {
  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 6, 6, true)
          .toFormatter();
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(TIME)
          .toFormatter();

  private ValueText() {}

  /** The form in a table or a CSV field; null for null. */
  static String text(ColumnType type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.kind()) {
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case TIMESTAMPTZ -> DATE_TIME.format(((Instant) value).atOffset(ZoneOffset.UTC)) + "Z";
      case TIMESTAMP -> DATE_TIME.format((LocalDateTime) value);
      case TIME -> TIME.format((LocalTime) value);
      case BINARY, FIXED -> Base64.getEncoder().encodeToString((byte[]) value);
      case LIST, MAP, STRUCT -> {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
          write(json, type, value);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        yield text.toString();
      }
      default -> value.toString();
    };
  }

  /** Writes the JSON form. */
  static void write(JsonGenerator json, ColumnType type, Object value) throws IOException {
    if (value == null) {
      json.writeNull();
      return;
    }
    switch (type.kind()) {
      case BOOLEAN -> json.writeBoolean((Boolean) value);
      case INT -> json.writeNumber((Integer) value);
      case LONG -> json.writeNumber((Long) value);
      case FLOAT -> json.writeNumber((Float) value);
      case DOUBLE -> json.writeNumber((Double) value);
      case DECIMAL -> json.writeNumber(((BigDecimal) value).toPlainString());
      case LIST -> {
        json.writeStartArray();
        for (Object item : (List<?>) value) {
          write(json, type.element(), item);
        }
        json.writeEndArray();
      }
      case MAP -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          json.writeFieldName(text(type.key(), entry.getKey()));
          write(json, type.value(), entry.getValue());
        }
        json.writeEndObject();
      }
      case STRUCT -> {
        json.writeStartObject();
        List<?> values = (List<?>) value;
        for (int i = 0; i < values.size(); i++) {
          json.writeFieldName(type.fields().get(i).name());
          write(json, type.fields().get(i).type(), values.get(i));
        }
        json.writeEndObject();
      }
      default -> json.writeString(text(type, value));
    }
  }
}
