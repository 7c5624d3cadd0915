package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The fields of a record that no column reads, with the exact text of their values. */
final class RescuedFields {
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private final @Nullable String whole;

  RescuedFields() {
    this(null);
  }

  private RescuedFields(@Nullable String whole) {
    this.whole = whole;
  }

  /** A value that is kept as a whole because something inside it was not read. */
  static RescuedFields whole(String json) {
    return new RescuedFields(json);
  }

  /** Keeps a field's JSON text; a repeated field replaces the earlier one. */
  void add(String name, String json) {
    fields.put(name, json);
  }

  /** Keeps what was rescued inside a field. */
  void add(String name, RescuedFields nested) {
    fields.put(name, nested);
  }

  void remove(String name) {
    fields.remove(name);
  }

  void removeNulls() {
    fields.values().removeIf("null"::equals);
  }

  boolean isEmpty() {
    return fields.isEmpty();
  }

  /** Names of the fields in the record's order, of nested ones the outermost. */
  Iterable<String> names() {
    return fields.keySet();
  }

  /** The JSON object of the fields, in the record's order. */
  String toJson() {
    StringBuilder json = new StringBuilder();
    write(json);
    return json.toString();
  }

  private void write(StringBuilder json) {
    if (whole != null) {
      json.append(whole);
      return;
    }
    json.append('{');
    String separator = "";
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      json.append(separator).append('"');
      JsonStringEncoder.getInstance().quoteAsString(field.getKey(), json);
      json.append("\":");
      if (field.getValue() instanceof RescuedFields nested) {
        nested.write(json);
      } else {
        json.append(field.getValue());
      }
      separator = ",";
    }
    json.append('}');
  }
}
