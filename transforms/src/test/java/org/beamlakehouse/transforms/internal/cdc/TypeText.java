package org.beamlakehouse.transforms.internal.cdc;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/** Reads column types as {@link ColumnType#toString()} writes them, and lists of columns. */
public final class TypeText {
  private TypeText() {}

  /** Columns as {@code "id long required, place string from address.city, n int = a + 1"}. */
  public static List<Column> columns(String text) {
    List<Column> columns = new ArrayList<>();
    for (String part : split(text)) {
      int sql = part.indexOf(" = ");
      String[] words = (sql < 0 ? part : part.substring(0, sql)).strip().split(" ");
      Column.Builder column = Column.builder().name(words[0]).type(type(words[1]));
      for (int i = 2; i < words.length; i++) {
        if (words[i].equals("required")) {
          column.required(true);
        } else if (words[i].equals("from")) {
          column.sourceField(words[++i]);
        } else {
          throw new IllegalArgumentException("Cannot read column " + part);
        }
      }
      column.expression(sql < 0 ? null : part.substring(sql + 3));
      columns.add(column.build());
    }
    return columns;
  }

  static ColumnType type(String text) {
    int open = text.indexOf(text.contains("<") ? '<' : '(');
    if (open < 0) {
      return switch (text) {
        case "boolean" -> ColumnType.BOOLEAN;
        case "int" -> ColumnType.INT;
        case "long" -> ColumnType.LONG;
        case "float" -> ColumnType.FLOAT;
        case "double" -> ColumnType.DOUBLE;
        case "date" -> ColumnType.DATE;
        case "time" -> ColumnType.TIME;
        case "timestamp" -> ColumnType.TIMESTAMP;
        case "timestamptz" -> ColumnType.TIMESTAMPTZ;
        case "string" -> ColumnType.STRING;
        case "uuid" -> ColumnType.UUID;
        case "binary" -> ColumnType.BINARY;
        default -> throw new IllegalArgumentException("Cannot read type " + text);
      };
    }
    List<String> parts = split(text.substring(open + 1, text.length() - 1));
    return switch (text.substring(0, open)) {
      case "decimal" ->
          ColumnType.decimal(Integer.parseInt(parts.get(0)), Integer.parseInt(parts.get(1)));
      case "fixed" -> ColumnType.fixed(Integer.parseInt(parts.get(0)));
      case "list" -> ColumnType.list(type(parts.get(0)));
      case "map" -> ColumnType.map(type(parts.get(0)), type(parts.get(1)));
      case "struct" ->
          ColumnType.struct(
              parts.stream()
                  .map(part -> part.split(":", 2))
                  .map(part -> new ColumnType.Field(part[0], type(part[1]), false))
                  .toList());
      default -> throw new IllegalArgumentException("Cannot read type " + text);
    };
  }

  /** Splits at commas that are not inside brackets. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '<' || c == '(' ? 1 : c == '>' || c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    parts.add(text.substring(from).strip());
    return parts;
  }
}
