package org.beamlakehouse.transforms.internal.cdc.value;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The fields of a record that no column reads, with the exact text of their values. Of a struct, a
 * list or a map that a column does read it holds what of it was left: the fields with such values
 * inside, or a list with null for elements of which nothing was left.
 */
public final class RescuedFields {
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private @Nullable List<@Nullable RescuedFields> elements;

  /** What is left of a list after one more element, of which something may be left. */
  public static @Nullable RescuedFields at(
      @Nullable RescuedFields list, int index, @Nullable RescuedFields element) {
    if (element == null) {
      return list;
    }
    RescuedFields all = list == null ? new RescuedFields() : list;
    if (all.elements == null) {
      all.elements = new ArrayList<>();
    }
    while (all.elements.size() < index) {
      all.elements.add(null);
    }
    all.elements.add(element);
    return all;
  }

  /** What is left of an object after one more field, of which something is left. */
  public static RescuedFields with(
      @Nullable RescuedFields object, String name, RescuedFields inside) {
    RescuedFields all = object == null ? new RescuedFields() : object;
    all.fields.put(name, inside);
    return all;
  }

  /** What is left of an object after one more field, of which nothing is left. */
  public static @Nullable RescuedFields without(@Nullable RescuedFields object, String name) {
    if (object != null) {
      object.fields.remove(name);
    }
    return object == null || object.isEmpty() ? null : object;
  }

  /** What is left of a value that was read in two ways; null where nothing is. */
  public static @Nullable RescuedFields common(
      @Nullable RescuedFields one, @Nullable RescuedFields other) {
    if (one == null || other == null) {
      return null;
    }
    if (one.elements != null || other.elements != null) {
      return one.elements != null && other.elements != null
          ? commonElements(one.elements, other.elements)
          : null;
    }
    RescuedFields both = new RescuedFields();
    for (Map.Entry<String, Object> field : one.fields.entrySet()) {
      Object mine = field.getValue();
      Object theirs = other.fields.get(field.getKey());
      // A text is the whole value: what the other one left is left of both.
      Object left = mine instanceof String ? theirs : mine;
      if (mine instanceof RescuedFields inMine && theirs instanceof RescuedFields inTheirs) {
        left = common(inMine, inTheirs);
      }
      if (theirs != null && left != null) {
        both.fields.put(field.getKey(), left);
      }
    }
    return both.isEmpty() ? null : both;
  }

  private static @Nullable RescuedFields commonElements(
      List<@Nullable RescuedFields> one, List<@Nullable RescuedFields> other) {
    RescuedFields both = null;
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      both = at(both, i, common(one.get(i), other.get(i)));
    }
    return both;
  }

  /** Keeps a field's JSON text; a repeated field replaces the earlier one. */
  public void add(String name, String json) {
    fields.put(name, json);
  }

  public void removeNulls() {
    fields.values().removeIf("null"::equals);
  }

  public boolean isEmpty() {
    return fields.isEmpty() && elements == null;
  }

  /** Names of the fields in the record's order, of nested ones the outermost. */
  public Iterable<String> names() {
    return fields.keySet();
  }

  /** The JSON of the fields, in the record's order. */
  public String toJson() {
    StringBuilder json = new StringBuilder();
    write(json);
    return json.toString();
  }

  private void write(StringBuilder json) {
    if (elements != null) {
      json.append('[');
      for (int i = 0; i < elements.size(); i++) {
        json.append(i == 0 ? "" : ",");
        write(elements.get(i), json);
      }
      json.append(']');
      return;
    }
    json.append('{');
    String separator = "";
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      json.append(separator).append('"');
      writeName(field.getKey(), json);
      json.append("\":");
      write(field.getValue(), json);
      separator = ",";
    }
    json.append('}');
  }

  private static void write(@Nullable Object value, StringBuilder json) {
    if (value instanceof RescuedFields nested) {
      nested.write(json);
    } else {
      json.append(value);
    }
  }

  /** Half a surrogate pair, which is no character, is written as the escape that it came as. */
  private static void writeName(String name, StringBuilder json) {
    int from = json.length();
    JsonStringEncoder.getInstance().quoteAsString(name, json);
    for (int i = from; i < json.length(); i++) {
      if (!Character.isSurrogate(json.charAt(i))) {
        continue;
      }
      if (i + 1 < json.length() && Character.isSurrogatePair(json.charAt(i), json.charAt(i + 1))) {
        i++;
      } else {
        String escape = String.format("\\u%04x", (int) json.charAt(i));
        json.replace(i, i + 1, escape);
        i += escape.length() - 1;
      }
    }
  }
}
