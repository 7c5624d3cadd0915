package org.beamlakehouse.pipelines.internal.contract;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The column type of an ODCS property: its {@code physicalType} where there is one, else derived
 * from {@code logicalType} and {@code logicalTypeOptions}.
 */
final class LogicalTypes {
  private static final Map<String, Set<Kind>> KINDS =
      Map.of(
          "string", EnumSet.of(Kind.STRING, Kind.UUID, Kind.BINARY, Kind.FIXED),
          "integer", EnumSet.of(Kind.INT, Kind.LONG, Kind.DECIMAL),
          "number", EnumSet.of(Kind.FLOAT, Kind.DOUBLE, Kind.DECIMAL, Kind.INT, Kind.LONG),
          "boolean", EnumSet.of(Kind.BOOLEAN),
          "date", EnumSet.of(Kind.DATE),
          "timestamp", EnumSet.of(Kind.TIMESTAMP, Kind.TIMESTAMPTZ),
          "time", EnumSet.of(Kind.TIME),
          "array", EnumSet.of(Kind.LIST),
          "object", EnumSet.of(Kind.STRUCT, Kind.MAP));
  private static final List<String> NAMES =
      List.of(
          "string", "integer", "number", "boolean", "date", "timestamp", "time", "array", "object");

  private static final Set<String> TYPE_OPTIONS = Set.of("timezone", "defaultTimezone");
  private static final Set<String> UTC = Set.of("Etc/UTC", "UTC", "Z");

  private LogicalTypes() {}

  /** The type of a property, or null where there is none, which is told as an error. */
  static @Nullable ColumnType of(YamlNode property) {
    String logical = property.string("logicalType");
    String physical = property.string("physicalType");
    if (property.has("logicalType") && logical == null
        || property.has("physicalType") && physical == null) {
      return null;
    }
    if (logical != null && !KINDS.containsKey(logical)) {
      property.errorAt(
          "logicalType", "unknown logicalType '%s'%s", logical, NearestName.hint(logical, NAMES));
      return null;
    }
    if (logical == null && physical == null) {
      property.error("the type is missing; give it a logicalType or a physicalType");
      return null;
    }
    checkOptions(property, logical);
    ColumnType declared = null;
    if (physical != null) {
      try {
        declared = IcebergTypeParser.parse(physical);
      } catch (IllegalArgumentException e) {
        property.errorAt("physicalType", "%s", e.getMessage());
        return null;
      }
    }
    return logical == null ? declared : reconcile(property, logical, declared);
  }

  private static @Nullable ColumnType reconcile(
      YamlNode property, String logical, @Nullable ColumnType declared) {
    if (declared != null
        && (!KINDS.get(logical).contains(declared.kind())
            || (logical.equals("integer") && declared.scale() > 0))) {
      property.errorAt(
          "physicalType", "physicalType '%s' contradicts logicalType '%s'", declared, logical);
      return null;
    }
    boolean nested = property.has("items") || property.has("properties");
    boolean timezone = option(property, "timezone") != null;
    if (declared != null && !nested && !timezone) {
      return declared;
    }
    ColumnType derived =
        switch (logical) {
          case "string" -> ColumnType.STRING;
          case "integer" -> integer(property);
          case "number" -> "f32".equals(format(property)) ? ColumnType.FLOAT : ColumnType.DOUBLE;
          case "boolean" -> ColumnType.BOOLEAN;
          case "date" -> ColumnType.DATE;
          case "timestamp" -> timestamp(property);
          case "time" -> ColumnType.TIME;
          case "array" -> array(property);
          default -> object(property);
        };
    if (derived != null && declared != null && !sameShape(derived, declared)) {
      property.errorAt(
          "physicalType",
          "physicalType '%s' contradicts what the property declares: %s",
          declared,
          derived);
      return null;
    }
    return derived;
  }

  /** Equal but for {@code required} of struct fields, which type names cannot say. */
  private static boolean sameShape(ColumnType a, ColumnType b) {
    return a.toString().equals(b.toString());
  }

  private static @Nullable ColumnType integer(YamlNode property) {
    String format = format(property);
    if (format == null) {
      return ColumnType.LONG;
    }
    return switch (format) {
      case "i8", "u8", "i16", "u16", "i32" -> ColumnType.INT;
      case "u32", "i64" -> ColumnType.LONG;
      case "u64" -> ColumnType.decimal(20, 0);
      case "i128", "u128" -> {
        property.errorAt(
            "logicalTypeOptions",
            "integers of format '%s' are not supported: a decimal has 38 digits at most; give a"
                + " physicalType, for example decimal(38,0)",
            format);
        yield null;
      }
      default -> {
        property.errorAt("logicalTypeOptions", "unknown format '%s' of an integer", format);
        yield null;
      }
    };
  }

  private static ColumnType timestamp(YamlNode property) {
    YamlNode timezone = option(property, "timezone");
    return timezone != null && timezone.text().equalsIgnoreCase("false")
        ? ColumnType.TIMESTAMP
        : ColumnType.TIMESTAMPTZ;
  }

  private static @Nullable ColumnType array(YamlNode property) {
    YamlNode items = property.get("items");
    if (items == null) {
      property.error(
          "the type of the items is missing; give 'items', or a physicalType like list<string>");
      return null;
    }
    if (!items.expectMap("'items'")) {
      return null;
    }
    items.allowKeys(OdcsSchema.keys("SchemaItemProperty"));
    ColumnType element = of(items);
    return element == null ? null : ColumnType.list(element);
  }

  private static @Nullable ColumnType object(YamlNode property) {
    List<YamlNode> properties = property.items("properties");
    if (properties.isEmpty()) {
      property.error(
          "the fields are missing; give 'properties', or a physicalType like map<string,string>");
      return null;
    }
    List<ColumnType.Field> fields = new ArrayList<>();
    boolean complete = true;
    for (YamlNode field : properties) {
      if (!field.expectMap("a property")) {
        complete = false;
        continue;
      }
      field.allowKeys(OdcsSchema.keys("SchemaProperty"));
      refuseColumnKeys(field);
      String name = ColumnReader.nameOf(field);
      ColumnType type = of(field);
      if (name != null && fields.stream().anyMatch(f -> f.name().equals(name))) {
        field.error("duplicate field '%s'", name);
      } else if (name != null && type != null) {
        fields.add(new ColumnType.Field(name, type, field.isTrue("required")));
        continue;
      }
      complete = false;
    }
    return complete ? ColumnType.struct(fields) : null;
  }

  /** What only a column of the table can have. */
  private static void refuseColumnKeys(YamlNode field) {
    for (String key : List.of("primaryKey", "partitioned")) {
      if (field.isTrue(key)) {
        field.errorAt(key, "'%s' is for columns of the table, not for fields within one", key);
      }
    }
    for (String key : List.of("quality", "customProperties")) {
      if (field.has(key)) {
        field.errorAt(
            key, "'%s' is not supported yet for fields within a column; put it on the column", key);
      }
    }
  }

  private static @Nullable String format(YamlNode property) {
    YamlNode format = option(property, "format");
    return format == null ? null : format.text();
  }

  private static @Nullable YamlNode option(YamlNode property, String name) {
    YamlNode options = property.get("logicalTypeOptions");
    return options == null ? null : options.get(name);
  }

  /** Options that are read by people only are told, so that nobody relies on them. */
  private static void checkOptions(YamlNode property, @Nullable String logical) {
    YamlNode options = property.get("logicalTypeOptions");
    if (options == null) {
      return;
    }
    YamlNode zone = options.get("defaultTimezone");
    if (zone != null && !UTC.contains(zone.text())) {
      zone.error(
          "'defaultTimezone' is not supported but for Etc/UTC: times without a zone are in UTC");
    }
    List<String> unused =
        options.keys().stream()
            .filter(key -> !TYPE_OPTIONS.contains(key))
            .filter(key -> !(key.equals("format") && isNumeric(logical)))
            .toList();
    if (!unused.isEmpty()) {
      options.warning(
          "logicalTypeOptions describe values but do not check or parse them (%s); add a quality"
              + " rule to check",
          String.join(", ", unused));
    }
  }

  private static boolean isNumeric(@Nullable String logical) {
    return "integer".equals(logical) || "number".equals(logical);
  }
}
