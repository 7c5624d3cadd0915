package org.beamlakehouse.transforms.internal.cdc;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.table.TableDefinition;

/** A sink that writes down what it gets as JSON, values as text that shows their Java class. */
public final class Outcomes implements ParseSink {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<ObjectNode> all = new ArrayList<>();
  private final List<ChangeEvent> changes = new ArrayList<>();

  public List<ObjectNode> all() {
    return all;
  }

  public List<ChangeEvent> changes() {
    return changes;
  }

  @Override
  public void change(TableDefinition table, ChangeEvent event) {
    changes.add(event);
    ObjectNode node = add("change", event.operation().name());
    node.put("table", event.table());
    putRow(node, "key", event.key());
    putRow(node, "before", event.before());
    putRow(node, "after", event.after());
    if (!event.unsentColumns().isEmpty()) {
      ArrayNode unsent = node.putArray("unsent");
      new TreeSet<>(event.unsentColumns()).forEach(unsent::add);
    }
    node.put("sequence", event.sequence().toString());
    node.put("eventTime", event.eventTime().toString());
    node.put("validTime", event.validTime().toString());
    if (event.rescuedData() != null) {
      node.put("rescued", event.rescuedData());
    }
  }

  @Override
  public void quarantine(TableDefinition table, List<String> failedRules, String error) {
    add("quarantine", String.join(",", failedRules)).put("table", table.name()).put("error", error);
  }

  @Override
  public void deadLetter(String error) {
    add("deadLetter", error);
  }

  @Override
  public void halt(TableDefinition table, String error) {
    add("halt", error).put("table", table.name());
  }

  @Override
  public void skipped(SkipReason reason) {
    add("skipped", reason.name());
  }

  private ObjectNode add(String kind, String value) {
    ObjectNode node = MAPPER.createObjectNode().put(kind, value);
    all.add(node);
    return node;
  }

  private static void putRow(ObjectNode node, String name, Row row) {
    if (row != null) {
      node.set(name, show(row));
    }
  }

  private static ObjectNode show(Row row) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (Schema.Field field : row.getSchema().getFields()) {
      Object value = row.getValue(field.getName());
      if (value != null) {
        node.set(field.getName(), MAPPER.valueToTree(shown(value)));
      }
    }
    return node;
  }

  /** Integers and booleans as they are, the rest as text, fractions and bytes marked. */
  private static Object shown(Object value) {
    if (value == null
        || value instanceof Long
        || value instanceof Integer
        || value instanceof Boolean
        || value instanceof String) {
      return value;
    } else if (value instanceof Row row) {
      return show(row);
    } else if (value instanceof byte[] bytes) {
      return "bytes " + Base64.getEncoder().encodeToString(bytes);
    } else if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    } else if (value instanceof Float || value instanceof Double) {
      return value.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + value;
    } else if (value instanceof List<?> list) {
      return list.stream().map(Outcomes::shown).toList().toArray();
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode node = MAPPER.createObjectNode();
      map.forEach((k, v) -> node.set(String.valueOf(shown(k)), MAPPER.valueToTree(shown(v))));
      return node;
    }
    return value.toString();
  }
}
