package org.beamlakehouse.pipelines.internal.silver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.beamlakehouse.io.internal.merge.table.EvolvedTables;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The fields of records that a table does not know, with the type that their values have in JSON.
 * Of values of several types a text counts before a fraction, that before an integer, and that
 * before a boolean. Null says nothing. A field with objects, arrays or integers beyond 64 bits, or
 * one whose values a connector's schema says to be something else, makes no column.
 */
final class FieldInference {
  /** Stands for a field that makes no column; it comes before all others. */
  static final ColumnType NO_COLUMN = ColumnType.BINARY;

  private static final List<ColumnType> ORDER =
      List.of(ColumnType.BOOLEAN, ColumnType.LONG, ColumnType.DOUBLE, ColumnType.STRING, NO_COLUMN);
  private static final JsonFactory FACTORY = new JsonFactory();

  private final TableDefinition table;
  private final Map<String, ColumnType> types = new TreeMap<>();

  FieldInference(TableDefinition table) {
    this.table = table;
  }

  /**
   * Looks at the fields of a change's record that no column reads.
   *
   * @param accepts whether the record is good where the table has a further column
   */
  void look(ChangeEvent event, Predicate<TableDefinition> accepts) {
    if (event.rescuedData() == null) {
      return;
    }
    try (JsonParser parser = FACTORY.createParser(event.rescuedData())) {
      parser.nextToken();
      String name;
      while ((name = parser.nextFieldName()) != null) {
        JsonToken token = parser.nextToken();
        ColumnType type = token == JsonToken.VALUE_NULL ? null : typeOf(parser, token);
        parser.skipChildren();
        ColumnType before = types.get(name);
        if (type != null
            && EvolvedTables.canAdd(table, name)
            && !wider(before, type).equals(before)) {
          boolean fits = type.equals(NO_COLUMN) || accepts.test(with(name, type));
          types.put(name, fits ? type : NO_COLUMN);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what the parser kept of a record", e);
    }
  }

  /** The types by field, those that make no column among them. */
  Map<String, ColumnType> types() {
    return Map.copyOf(types);
  }

  /** The type of a field of which both were found. */
  static ColumnType wider(@Nullable ColumnType a, ColumnType b) {
    return a == null || ORDER.indexOf(a) < ORDER.indexOf(b) ? b : a;
  }

  private static ColumnType typeOf(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_TRUE, VALUE_FALSE -> ColumnType.BOOLEAN;
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? NO_COLUMN : ColumnType.LONG;
      case VALUE_NUMBER_FLOAT -> ColumnType.DOUBLE;
      case VALUE_STRING -> ColumnType.STRING;
      default -> NO_COLUMN;
    };
  }

  private TableDefinition with(String name, ColumnType type) {
    List<Column> columns = new ArrayList<>(table.columns());
    columns.add(Column.of(name, type));
    return table.toBuilder().columns(columns).build();
  }
}
