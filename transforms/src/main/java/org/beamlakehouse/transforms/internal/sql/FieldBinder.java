package org.beamlakehouse.transforms.internal.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the field each identifier means and replaces the identifier by the name of an input slot.
 * Only fields that are referenced become slots, so only those are converted per row.
 */
final class FieldBinder extends SqlShuttle {

  /**
   * An input of the compiled expression.
   *
   * @param name what the identifier is replaced by
   * @param path place of the column, then places in the structs below it
   * @param type type of the value
   */
  record Slot(String name, List<Integer> path, ColumnType type) {}

  private static final Set<String> NOT_FIELDS =
      Set.of(
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "CURRENT_USER",
          "SESSION_USER",
          "SYSTEM_USER",
          "USER",
          "CURRENT_CATALOG",
          "CURRENT_PATH",
          "CURRENT_ROLE",
          "CURRENT_SCHEMA");

  private final String sql;
  private final List<Column> fields;
  private final Map<String, Slot> slots = new LinkedHashMap<>();

  FieldBinder(String sql, List<Column> fields) {
    this.sql = sql;
    this.fields = fields;
  }

  List<Slot> slots() {
    return List.copyOf(slots.values());
  }

  /** The dotted names of all identifiers in the tree, in order of appearance. */
  static Set<String> names(String sql, SqlNode node) {
    Set<String> names = new LinkedHashSet<>();
    node.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlIdentifier id) {
            checkField(sql, id);
            names.add(String.join(".", id.names));
            return null;
          }

          @Override
          public Void visit(SqlCall call) {
            checkScalar(sql, call);
            return super.visit(call);
          }
        });
    return names;
  }

  @Override
  public SqlNode visit(SqlIdentifier id) {
    String name = String.join(".", id.names);
    Slot slot = slots.get(name);
    if (slot == null) {
      slot = bind(id, name);
      slots.put(name, slot);
    }
    return new SqlIdentifier(slot.name(), id.getParserPosition());
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    checkScalar(sql, call);
    return super.visit(call);
  }

  @Override
  public SqlNode visit(SqlDynamicParam parameter) {
    throw ExpressionParser.failure(
        sql, "parameters (?) have no value here", parameter.getParserPosition());
  }

  private static void checkScalar(String sql, SqlCall call) {
    if (call.isA(SqlKind.QUERY)) {
      throw ExpressionParser.failure(
          sql,
          "a row expression cannot query; use the fields of the row only",
          call.getParserPosition());
    }
  }

  /** Functions without parentheses look like fields. */
  private static void checkField(String sql, SqlIdentifier id) {
    if (id.isStar()) {
      throw ExpressionParser.failure(sql, "name the field instead of *", id.getParserPosition());
    }
    if (id.isSimple()
        && !id.isComponentQuoted(0)
        && NOT_FIELDS.contains(id.getSimple().toUpperCase(Locale.ROOT))) {
      throw ExpressionParser.failure(
          sql, ScalarCheck.changing(id.getSimple()), id.getParserPosition());
    }
  }

  private Slot bind(SqlIdentifier id, String name) {
    checkField(sql, id);
    // The longest field name wins, so that fields which have a dot in their name are found.
    for (int parts = id.names.size(); parts > 0; parts--) {
      int column = indexOf(String.join(".", id.names.subList(0, parts)));
      if (column >= 0) {
        return descend(id, column, parts, name);
      }
    }
    throw ExpressionParser.failure(sql, unknown(name), id.getParserPosition());
  }

  private Slot descend(SqlIdentifier id, int column, int depth, String name) {
    List<Integer> path = new ArrayList<>(List.of(column));
    ColumnType type = fields.get(column).type();
    for (String part : id.names.subList(depth, id.names.size())) {
      int place = -1;
      if (type.kind() == Kind.STRUCT) {
        for (int i = 0; i < type.fields().size(); i++) {
          place = type.fields().get(i).name().equals(part) ? i : place;
        }
      }
      if (place < 0) {
        String reason =
            type.kind() == Kind.STRUCT
                ? String.format(
                    "no field %s in %s; it has %s",
                    part, name, type.fields().stream().map(ColumnType.Field::name).toList())
                : String.format(
                    "%s has no fields, its type is %s", fields.get(column).name(), type);
        throw ExpressionParser.failure(sql, reason, id.getParserPosition());
      }
      path.add(place);
      type = type.fields().get(place).type();
    }
    if (type.kind() == Kind.STRUCT) {
      throw ExpressionParser.failure(
          sql,
          String.format(
              "%s is a struct; name one of its fields, for example %s.%s",
              name, name, type.fields().get(0).name()),
          id.getParserPosition());
    }
    return new Slot("$" + slots.size(), List.copyOf(path), type);
  }

  private String unknown(String name) {
    for (Column field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return String.format(
            "no field %s; names are case-sensitive, did you mean %s", name, field.name());
      }
    }
    return String.format(
        "no field %s; known are %s",
        name,
        fields.isEmpty()
            ? "none"
            : fields.stream().map(Column::name).collect(Collectors.joining(", ")));
  }

  private int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
