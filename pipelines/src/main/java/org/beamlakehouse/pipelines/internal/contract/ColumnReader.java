package org.beamlakehouse.pipelines.internal.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.NameRules;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the {@code properties} of a table: its columns, its key and its identity partitions. */
final class ColumnReader {
  private static final List<String> CUSTOM =
      List.of("sourceField", "expression", "mask", "timestampUnit", "decimalEncoding");
  private static final Set<Kind> TIMES =
      EnumSet.of(Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMPTZ);
  private static final Set<Kind> NO_KEYS =
      EnumSet.of(Kind.FLOAT, Kind.DOUBLE, Kind.LIST, Kind.MAP, Kind.STRUCT);

  /** A column and the property that declares it. */
  record Declared(Column column, YamlNode property, int keyPosition, int partitionPosition) {}

  private final List<Declared> columns = new ArrayList<>();
  private final Map<String, YamlNode> expressions = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  /** Reads all columns; what is wrong is told, and the column left out. */
  static ColumnReader read(YamlNode table) {
    ColumnReader reader = new ColumnReader();
    List<YamlNode> properties = table.items("properties");
    if (properties.isEmpty() && !table.has("properties")) {
      table.error("required key 'properties' is missing: a table has at least one column");
    } else if (properties.isEmpty() && table.get("properties").kind() == YamlNode.Kind.LIST) {
      table.errorAt("properties", "a table has at least one column");
    }
    properties.forEach(reader::readProperty);
    reader.checkKey(table);
    reader.checkExpressions();
    return reader;
  }

  /** Name of a column or field: its physicalName, else its name; null where both are missing. */
  static @Nullable String nameOf(YamlNode property) {
    String name = property.requireString("name");
    String physical = property.string("physicalName");
    String column = physical == null ? name : physical;
    if (column != null && !NameRules.isSimple(column)) {
      property.errorAt(
          physical == null ? "name" : "physicalName",
          "'%s' is not the name of a column; use letters, digits and _, and sourceField for the"
              + " field's name in the record",
          column);
      return null;
    }
    return column;
  }

  List<Declared> declared() {
    return columns;
  }

  List<Column> columns() {
    return columns.stream().map(Declared::column).toList();
  }

  List<String> names() {
    return columns.stream().map(d -> d.column().name()).toList();
  }

  /** The column of a name. */
  Optional<Column> find(String name) {
    return columns().stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** True for columns that are declared, be it wrongly. */
  boolean isDeclared(String name) {
    return find(name).isPresent() || broken.contains(name);
  }

  /** Key columns in the order of {@code primaryKeyPosition}, those without one last. */
  List<String> key() {
    return columns.stream()
        .filter(d -> d.keyPosition() > 0)
        .sorted(Comparator.comparingInt(Declared::keyPosition))
        .map(d -> d.column().name())
        .toList();
  }

  /** Columns marked {@code partitioned}, in order of their positions. */
  List<String> partitioned() {
    return columns.stream()
        .filter(d -> d.partitionPosition() > 0)
        .sorted(Comparator.comparingInt(Declared::partitionPosition))
        .map(d -> d.column().name())
        .toList();
  }

  private void readProperty(YamlNode property) {
    if (!property.expectMap("a property")) {
      return;
    }
    property.allowKeys(OdcsSchema.keys("SchemaProperty"));
    String name = nameOf(property);
    ColumnType type = LogicalTypes.of(property);
    int keyPosition = position(property, "primaryKey", "primaryKeyPosition");
    int partitionPosition = position(property, "partitioned", "partitionKeyPosition");
    boolean required = property.isTrue("required");
    CustomProperties custom = CustomProperties.of(property, CUSTOM);
    if (name == null) {
      return;
    }
    if (SystemColumns.RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      property.error("the column name '%s' is reserved; choose another and set sourceField", name);
      return;
    }
    if (names().stream().anyMatch(name::equalsIgnoreCase) || broken.contains(name)) {
      property.error("duplicate column '%s'", name);
      return;
    }
    if (type == null) {
      broken.add(name);
      return;
    }
    if (keyPosition > 0 && NO_KEYS.contains(type.kind())) {
      property.error("the column '%s' of type %s cannot be part of the key", name, type);
    }
    Column.Builder column =
        Column.builder().name(name).type(type).required(required || keyPosition > 0);
    readSource(name, property, custom, column);
    readValues(custom, type, column);
    columns.add(new Declared(column.build(), property, keyPosition, partitionPosition));
  }

  private void readSource(
      String name, YamlNode property, CustomProperties custom, Column.Builder column) {
    String sourceField = custom.string("sourceField");
    if (sourceField != null && sourceField.matches("\\..*|.*\\.|.*\\.\\..*")) {
      Objects.requireNonNull(custom.get("sourceField"))
          .error("'%s' is not a path; put one dot between names", sourceField);
    } else if (sourceField != null) {
      column.sourceField(sourceField);
    }
    String expression = custom.string("expression");
    if (expression != null) {
      column.expression(expression);
      expressions.put(name, custom.get("expression"));
    }
    if (sourceField != null && expression != null) {
      property.error("a column has either a sourceField or an expression, not both");
    }
    YamlNode mask = custom.get("mask");
    if (mask != null) {
      // To go on without it would write what the contract says must never be written.
      mask.error("'mask' is not supported yet; leave the column out of the contract");
    }
  }

  private static void readValues(CustomProperties custom, ColumnType type, Column.Builder column) {
    YamlNode unit = custom.get("timestampUnit");
    if (unit != null) {
      TimestampUnit declared = unit.asConstant("'timestampUnit'", TimestampUnit.class);
      column.timestampUnit(declared);
      if (!type.holds(TIMES)) {
        unit.error("'timestampUnit' is for dates, times and timestamps, not for %s", type);
      } else if (declared == TimestampUnit.DAYS && type.kind() == Kind.TIME) {
        unit.error("'timestampUnit' cannot be days: a time of day is less than one");
      }
    }
    YamlNode encoding = custom.get("decimalEncoding");
    if (encoding != null) {
      column.decimalEncoding(encoding.asConstant("'decimalEncoding'", DecimalEncoding.class));
      if (!type.holds(EnumSet.of(Kind.DECIMAL))) {
        encoding.error("'decimalEncoding' is for decimals, not for %s", type);
      }
    }
  }

  /** 0: not marked; positions from 1; those without one come last, in the file's order. */
  private int position(YamlNode property, String mark, String key) {
    boolean marked = property.isTrue(mark);
    Integer position = property.integer(key);
    if (position == null || position == -1) {
      return marked ? 1_000_000 + columns.size() : 0;
    }
    if (!marked) {
      property.errorAt(key, "'%s' needs '%s: true'", key, mark);
    } else if (position < 1) {
      property.errorAt(key, "'%s' starts from 1", key);
    } else if (columns.stream()
        .map(d -> mark.equals("primaryKey") ? d.keyPosition() : d.partitionPosition())
        .anyMatch(position::equals)) {
      property.errorAt(key, "two columns have the %s %d", key, position);
    }
    return marked ? position : 0;
  }

  /** They may use the fields of columns that come later. */
  private void checkExpressions() {
    for (Declared declared : columns) {
      Column column = declared.column();
      if (column.expression() != null) {
        SqlChecks.checkExpression(
            expressions.get(column.name()), column.expression(), column.type(), columns());
      }
    }
  }

  private void checkKey(YamlNode table) {
    boolean marked =
        table.items("properties").stream()
            .anyMatch(
                p -> p.get("primaryKey") != null && p.get("primaryKey").text().equals("true"));
    if (!marked && !columns.isEmpty()) {
      table.errorAt(
          "properties", "the table has no key; set 'primaryKey: true' on at least one column");
    }
  }
}
