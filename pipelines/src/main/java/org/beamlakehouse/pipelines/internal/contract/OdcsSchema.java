package org.beamlakehouse.pipelines.internal.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.pipelines.internal.config.YamlNode.Kind;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The standard's own JSON Schema, bundled as published: it names the keys of each part of a
 * contract, and validates whole contracts.
 */
final class OdcsSchema {
  private static final String RESOURCE = "odcs-json-schema-v3.1.0.json";
  private static final Map<String, Kind> KINDS =
      Map.of(
          "string", Kind.TEXT,
          "object", Kind.MAP,
          "array", Kind.LIST,
          "boolean", Kind.BOOLEAN,
          "integer", Kind.INTEGER,
          "number", Kind.NUMBER);
  private static final ConcurrentMap<String, Set<String>> KEYS = new ConcurrentHashMap<>();

  private OdcsSchema() {}

  /** Parsed on first use, once per process. */
  private static final class Holder {
    static final JsonNode DOCUMENT = read();
    static final JsonSchema SCHEMA =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909).getSchema(DOCUMENT);

    private static JsonNode read() {
      try (InputStream in = OdcsSchema.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException("Cannot find the resource " + RESOURCE);
        }
        return new ObjectMapper().readTree(in);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the resource " + RESOURCE, e);
      }
    }
  }

  /** Keys that the standard knows at a contract's top level. */
  static Set<String> topLevelKeys() {
    return KEYS.computeIfAbsent("", name -> collect(Holder.DOCUMENT));
  }

  /** Keys that the standard knows in one of its definitions, for example {@code SchemaObject}. */
  static Set<String> keys(String definition) {
    return KEYS.computeIfAbsent(
        definition, name -> collect(Holder.DOCUMENT.path("$defs").path(name)));
  }

  private static Set<String> collect(JsonNode schema) {
    Set<String> keys = new LinkedHashSet<>();
    schema.path("properties").fieldNames().forEachRemaining(keys::add);
    for (String all : List.of("allOf", "oneOf", "anyOf")) {
      schema.path(all).forEach(part -> keys.addAll(collect(part)));
    }
    keys.addAll(schema.has("then") ? collect(schema.path("then")) : Set.of());
    if (schema.has("$ref")) {
      keys.addAll(collect(Holder.DOCUMENT.at(schema.path("$ref").asText().substring(1))));
    }
    return keys;
  }

  /**
   * Validates a contract and adds what is wrong to the problems. Lines that have an error already
   * are left alone: what the readers say of them is clearer.
   */
  static void validate(YamlNode root, Problems problems) {
    List<ValidationMessage> messages =
        Holder.SCHEMA.validate(json(root)).stream()
            .sorted(
                Comparator.comparing(OdcsSchema::isUnevaluated)
                    .thenComparing(m -> -m.getInstanceLocation().getNameCount()))
            .toList();
    for (ValidationMessage message : messages) {
      report(message, find(root, message.getInstanceLocation()), problems);
    }
  }

  private static void report(ValidationMessage message, YamlNode node, Problems problems) {
    String property = message.getProperty();
    // Alternatives tell an error for each way that was not taken, and keys also count as
    // unevaluated where any other part of their map is wrong: the first error there is enough.
    boolean vague =
        isUnevaluated(message)
            || message.getEvaluationPath().contains("oneOf")
            || message.getEvaluationPath().contains("anyOf")
            || message.getType().equals("oneOf")
            || message.getType().equals("anyOf");
    if (vague && problems.hasErrorBetween(node.file(), node.line(), node.endLine())) {
      return;
    }
    switch (message.getType()) {
      case "required" -> node.error("required key '%s' is missing", property);
      case "additionalProperties", "unevaluatedProperties" -> {
        if (!hasError(node, property, problems)) {
          node.errorAt(String.valueOf(property), "unknown key '%s'", property);
        }
      }
      default -> {
        if (!hasError(node, null, problems)) {
          describe(message, node);
        }
      }
    }
  }

  private static boolean hasError(YamlNode node, @Nullable String key, Problems problems) {
    YamlNode value = key == null ? null : node.get(key);
    YamlNode place = value == null ? node : value;
    return problems.hasErrorBetween(place.file(), place.line(), place.line());
  }

  private static void describe(ValidationMessage message, YamlNode node) {
    String what = "'" + message.getInstanceLocation().getElement(-1) + "'";
    JsonNode expected = message.getSchemaNode();
    switch (message.getType()) {
      case "enum" -> {
        List<String> values = new ArrayList<>();
        expected.forEach(value -> values.add(value.asText()));
        node.error(
            "%s cannot be '%s'%s", what, node.written(), NearestName.hint(node.written(), values));
      }
      case "type" -> {
        Kind kind = KINDS.get(expected.asText());
        if (kind == Kind.TEXT) {
          node.asString(what);
        } else if (kind != null) {
          node.expect(kind, what);
        }
        if (kind == null) {
          node.error("not valid in ODCS v3.1: %s", text(message));
        }
      }
      case "oneOf", "anyOf" -> node.error("%s has none of the shapes that ODCS v3.1 knows", what);
      default -> node.error("not valid in ODCS v3.1: %s", text(message));
    }
  }

  private static boolean isUnevaluated(ValidationMessage message) {
    return message.getType().equals("unevaluatedProperties");
  }

  /** The validator's text without the path it begins with, which the line stands for. */
  private static String text(ValidationMessage message) {
    String text = message.getMessage();
    String path = message.getInstanceLocation() + ": ";
    return text.startsWith(path) ? text.substring(path.length()) : text;
  }

  /** The node that a path leads to, or the nearest one above it. */
  private static YamlNode find(YamlNode root, JsonNodePath path) {
    YamlNode node = root;
    for (int i = 0; i < path.getNameCount(); i++) {
      Object element = path.getElement(i);
      YamlNode next;
      if (element instanceof Integer index) {
        next = index < node.items().size() ? node.items().get(index) : null;
      } else {
        next = node.get(String.valueOf(element));
      }
      if (next == null) {
        return node;
      }
      node = next;
    }
    return node;
  }

  private static JsonNode json(YamlNode node) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (node.kind()) {
      case MAP -> {
        ObjectNode object = factory.objectNode();
        node.keys().forEach(key -> object.set(key, json(node.get(key))));
        yield object;
      }
      case LIST -> {
        ArrayNode array = factory.arrayNode();
        node.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case TEXT -> factory.textNode(node.text());
      case INTEGER -> factory.numberNode(new BigInteger(node.text()));
      case NUMBER -> factory.numberNode(node.number());
      case BOOLEAN -> factory.booleanNode(Boolean.parseBoolean(node.text()));
      case NULL -> factory.nullNode();
    };
  }
}
