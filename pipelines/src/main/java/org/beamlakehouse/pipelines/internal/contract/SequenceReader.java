package org.beamlakehouse.pipelines.internal.contract;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads what orders a table's changes, and of which types it is. */
final class SequenceReader {
  private static final String FIELDS = "sequenceBy";
  private static final String TYPES = "sequenceByType";

  private final YamlNode node;
  private final @Nullable String sourceFormat;
  private final ColumnReader columns;
  private final CustomProperties custom;
  private final StorageType storage;

  SequenceReader(
      YamlNode node,
      @Nullable String sourceFormat,
      ColumnReader columns,
      CustomProperties custom,
      StorageType storage) {
    this.node = node;
    this.sourceFormat = sourceFormat;
    this.columns = columns;
    this.custom = custom;
    this.storage = storage;
  }

  /** Reads it to the definition; mistakes are told. */
  void read(TableDefinition.Builder table, boolean extracts) {
    List<String> fields = custom.strings(FIELDS);
    table.sequenceBy(fields);
    for (String field : fields) {
      Optional<Column> column = columns.find(field);
      if (column.isPresent() && !column.get().type().isOrdered()) {
        error(
            FIELDS,
            "'sequenceBy' cannot use the column '%s': values of type %s have no order",
            field,
            column.get().type());
      }
    }
    if (!custom.has(FIELDS) && extracts) {
      error("input", "'input: snapshots' needs 'sequenceBy': the field with the extract's time");
    } else if (!custom.has(FIELDS)
        && sourceFormat != null
        && InputReader.PLAIN.contains(sourceFormat)
        && storage != StorageType.EVENTS) {
      node.error(
          "custom property 'sequenceBy' is missing: records of the %s source '%s' carry no order"
              + " of their own",
          sourceFormat, custom.string("source"));
    }
    table.sequenceTypes(types(fields.stream().filter(f -> !columns.isDeclared(f)).toList()));
  }

  /** What is declared of fields that are no columns, beside what their connector fixes. */
  private Map<String, ColumnType> types(List<String> fields) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    for (String field : fields) {
      ColumnType type = ConnectorFields.typeOf(sourceFormat, field);
      if (type != null) {
        types.put(field, type);
      }
    }
    YamlNode declared = custom.get(TYPES);
    if (declared == null) {
      return types;
    }
    if (fields.isEmpty()) {
      error(
          TYPES, "'sequenceByType' is for a first 'sequenceBy' field that is no column; remove it");
    } else if (declared.kind() != YamlNode.Kind.MAP) {
      declare(fields.get(0), declared, custom.string(TYPES), types);
    } else {
      for (String field : declared.keys()) {
        if (fields.contains(field)) {
          declare(field, declared.get(field), declared.string(field), types);
        } else {
          declared.errorAt(
              field,
              "'sequenceByType' names '%s', which is a column or not in 'sequenceBy'%s",
              field,
              NearestName.hint(field, fields));
        }
      }
    }
    return types;
  }

  private static void declare(
      String field, YamlNode value, @Nullable String name, Map<String, ColumnType> types) {
    if (name == null) {
      return;
    }
    try {
      ColumnType type = IcebergTypeParser.parse(name);
      if (type.isOrdered()) {
        types.put(field, type);
      } else {
        value.error("'sequenceByType' cannot be %s: its values have no order", type);
      }
    } catch (IllegalArgumentException e) {
      value.error("%s", e.getMessage());
    }
  }

  /** Adds an error at the value of a custom property. */
  private void error(String property, String format, Object... arguments) {
    YamlNode value = custom.get(property);
    (value == null ? node : value).error(format, arguments);
  }
}
