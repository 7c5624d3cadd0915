package org.beamlakehouse.pipelines.internal.gold.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Util;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Follows an output column down through derived tables and WITH queries to the table it comes from.
 * Every query block on the way must keep rows of different values apart: grouping by the column
 * does, a window, a limit, a set operation or the optional side of an outer join does not.
 */
final class ColumnTrace {

  /** The column cannot be followed, or its values are not kept apart. */
  static final class NotTraceable extends Exception {
    private static final long serialVersionUID = 1L;

    NotTraceable(String reason, Object... arguments) {
      super(String.format(reason, arguments), null, false, false);
    }
  }

  /** An expression over the columns of one table. */
  record Origin(String table, SqlNode expression) {}

  /** A WITH query and the WITH queries that it sees. */
  private record Named(SqlNode query, Map<String, Named> scope) {}

  /**
   * Something in FROM.
   *
   * @param alias how columns name it
   * @param table the table, or null
   * @param query the derived table, or null
   * @param optional whether an outer join may leave it empty
   */
  private record Relation(String alias, String table, Named query, boolean optional) {}

  private final Map<String, TableDefinition> tables;

  ColumnTrace(Map<String, TableDefinition> tables) {
    this.tables = tables;
  }

  Origin trace(SqlNode query, String column) throws NotTraceable {
    return output(new Named(query, Map.of()), column);
  }

  private Origin output(Named named, String column) throws NotTraceable {
    SqlNode query = named.query();
    if (query instanceof SqlWith with) {
      return output(new Named(with.body, scope(with, named.scope())), column);
    }
    if (query instanceof SqlOrderBy ordered) {
      require(ordered.fetch == null && ordered.offset == null, "the query has a LIMIT");
      return output(new Named(ordered.query, named.scope()), column);
    }
    if (!(query instanceof SqlSelect select)) {
      throw new NotTraceable("%s joins the rows of several queries", query.getKind());
    }
    checkBlock(select);
    List<Relation> relations = new ArrayList<>();
    relations(select.getFrom(), named.scope(), false, relations);
    for (SqlNode item : select.getSelectList()) {
      if (column.equals(name(item))) {
        SqlNode expression = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
        return substitute(expression, column, relations);
      }
    }
    for (SqlNode item : select.getSelectList()) {
      if (item instanceof SqlIdentifier star && star.isStar()) {
        List<String> path = new ArrayList<>(star.names.subList(0, star.names.size() - 1));
        path.add(column);
        SqlIdentifier starred = new SqlIdentifier(path, star.getParserPosition());
        if (find(starred, relations) != null) {
          return substitute(starred, column, relations);
        }
      }
    }
    throw new NotTraceable("the query has no output column %s", column);
  }

  private static Map<String, Named> scope(SqlWith with, Map<String, Named> outer) {
    Map<String, Named> scope = new HashMap<>(outer);
    for (SqlNode item : with.withList) {
      SqlWithItem named = (SqlWithItem) item;
      // The map is copied so that a query sees only those before it.
      scope.put(named.name.getSimple(), new Named(named.query, Map.copyOf(scope)));
    }
    return scope;
  }

  private static void checkBlock(SqlSelect select) throws NotTraceable {
    require(select.getFrom() != null, "a query reads no table");
    require(select.getFetch() == null && select.getOffset() == null, "the query has a LIMIT");
    require(select.getQualify() == null, "the query has a QUALIFY");
    require(
        !contains(select.getSelectList(), SqlKind.OVER),
        "a window function looks at rows of other values");
    SqlNodeList group = select.getGroup();
    require(
        group == null
            || !(contains(group, SqlKind.ROLLUP)
                || contains(group, SqlKind.CUBE)
                || contains(group, SqlKind.GROUPING_SETS)),
        "grouping sets add up rows of different values");
  }

  /** The expression in terms of the table at the bottom. */
  private Origin substitute(SqlNode expression, String column, List<Relation> relations)
      throws NotTraceable {
    require(!containsQuery(expression), "%s is computed by a subquery", column);
    require(!containsAggregate(expression), "%s is the result of an aggregate", column);
    List<String> origins = new ArrayList<>();
    List<NotTraceable> problems = new ArrayList<>();
    SqlNode result =
        expression.accept(
            new SqlShuttle() {
              @Override
              public SqlNode visit(SqlIdentifier id) {
                try {
                  Origin origin = resolve(id, relations);
                  origins.add(origin.table());
                  return origin.expression();
                } catch (NotTraceable e) {
                  problems.add(e);
                  return id;
                }
              }
            });
    if (!problems.isEmpty()) {
      throw problems.get(0);
    }
    require(!origins.isEmpty(), "%s depends on no column of a table", column);
    require(
        origins.stream().distinct().count() == 1,
        "%s depends on several tables: %s",
        column,
        origins.stream().distinct().toList());
    return new Origin(origins.get(0), result);
  }

  private Origin resolve(SqlIdentifier id, List<Relation> relations) throws NotTraceable {
    Found found = find(id, relations);
    if (found == null) {
      throw new NotTraceable("it is not clear which table %s comes from", id);
    }
    Relation relation = found.relation();
    require(
        !relation.optional(),
        "%s comes from the side of an outer join that may have no row",
        found.column());
    require(id.names.size() == found.depth(), "%s is a field of a struct", id);
    if (relation.table() != null) {
      return new Origin(
          relation.table(), new SqlIdentifier(found.column(), id.getParserPosition()));
    }
    return output(relation.query(), found.column());
  }

  /** A column of a relation; {@code depth} names of the identifier lead to it. */
  private record Found(Relation relation, String column, int depth) {}

  private Found find(SqlIdentifier id, List<Relation> relations) throws NotTraceable {
    for (Relation relation : relations) {
      List<String> full =
          relation.table() == null || !relation.table().endsWith("." + relation.alias())
              ? List.of(relation.alias())
              : List.of(relation.table().split("\\."));
      for (List<String> prefix : List.of(full, List.of(relation.alias()))) {
        if (id.names.size() > prefix.size() && id.names.subList(0, prefix.size()).equals(prefix)) {
          return new Found(relation, id.names.get(prefix.size()), prefix.size() + 1);
        }
      }
    }
    Found found = null;
    for (Relation relation : relations) {
      if (hasColumn(relation, id.names.get(0))) {
        if (found != null) {
          return null;
        }
        found = new Found(relation, id.names.get(0), 1);
      }
    }
    return found;
  }

  private boolean hasColumn(Relation relation, String column) throws NotTraceable {
    if (relation.table() != null) {
      return columns(relation.table()).stream().anyMatch(c -> c.name().equals(column));
    }
    return hasOutput(relation.query(), column);
  }

  private boolean hasOutput(Named named, String column) throws NotTraceable {
    SqlNode query = named.query();
    if (query instanceof SqlWith with) {
      return hasOutput(new Named(with.body, scope(with, named.scope())), column);
    }
    if (query instanceof SqlOrderBy ordered) {
      return hasOutput(new Named(ordered.query, named.scope()), column);
    }
    if (!(query instanceof SqlSelect select)) {
      return query instanceof SqlCall call
          && call.isA(SqlKind.SET_QUERY)
          && hasOutput(new Named(call.operand(0), named.scope()), column);
    }
    List<Relation> relations = new ArrayList<>();
    relations(select.getFrom(), named.scope(), false, relations);
    for (SqlNode item : select.getSelectList()) {
      if (column.equals(name(item))) {
        return true;
      }
      if (item instanceof SqlIdentifier star && star.isStar()) {
        for (Relation relation : relations) {
          boolean meant = star.names.size() == 1 || star.names.contains(relation.alias());
          if (meant && hasColumn(relation, column)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private List<Column> columns(String table) throws NotTraceable {
    TableDefinition definition = tables.get(table);
    if (definition == null) {
      throw new NotTraceable("the columns of %s are not known", table);
    }
    return definition.storedColumns();
  }

  private void relations(
      SqlNode from, Map<String, Named> scope, boolean optional, List<Relation> relations)
      throws NotTraceable {
    if (from instanceof SqlJoin join) {
      JoinType type = join.getJoinType();
      boolean left = type == JoinType.RIGHT || type == JoinType.FULL;
      boolean right = type == JoinType.LEFT || type == JoinType.FULL;
      relations(join.getLeft(), scope, optional || left, relations);
      relations(join.getRight(), scope, optional || right, relations);
      return;
    }
    SqlNode source = from;
    String alias = null;
    if (from.getKind() == SqlKind.AS) {
      SqlCall as = (SqlCall) from;
      require(as.operandCount() == 2, "a derived table renames its columns");
      source = as.operand(0);
      alias = ((SqlIdentifier) as.operand(1)).getSimple();
    }
    if (source.getKind() == SqlKind.TABLE_REF) {
      source = ((SqlCall) source).operand(0);
    }
    if (source instanceof SqlIdentifier id) {
      Named named = id.isSimple() ? scope.get(id.getSimple()) : null;
      String name = alias == null ? Util.last(id.names) : alias;
      String table = named == null ? String.join(".", id.names) : null;
      relations.add(new Relation(name, table, named, optional));
    } else if (source.isA(SqlKind.QUERY)) {
      relations.add(
          new Relation(Objects.toString(alias, ""), null, new Named(source, scope), optional));
    } else {
      throw new NotTraceable("%s in FROM is no table or query", source.getKind());
    }
  }

  private static String name(SqlNode item) {
    if (item.getKind() == SqlKind.AS) {
      return ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
    }
    return item instanceof SqlIdentifier id && !id.isStar() ? Util.last(id.names) : null;
  }

  private static boolean contains(SqlNode node, SqlKind kind) {
    return containsCall(node, call -> call.getKind() == kind);
  }

  private static boolean containsQuery(SqlNode node) {
    return containsCall(node, call -> call.isA(SqlKind.QUERY));
  }

  private static boolean containsAggregate(SqlNode node) {
    return containsCall(node, call -> isAggregate(call.getOperator()));
  }

  private static boolean isAggregate(SqlOperator operator) {
    String name = operator.getName().toUpperCase(Locale.ROOT);
    return operator.isAggregator()
        || name.equals(CountDistinct.NAME)
        || SqlStdOperatorTable.instance().getOperatorList().stream()
            .anyMatch(known -> known.isAggregator() && known.getName().equals(name));
  }

  private static boolean containsCall(
      SqlNode node, java.util.function.Predicate<SqlCall> condition) {
    boolean[] found = {false};
    node.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlCall call) {
            found[0] |= condition.test(call);
            return super.visit(call);
          }
        });
    return found[0];
  }

  private static void require(boolean condition, String reason, Object... arguments)
      throws NotTraceable {
    if (!condition) {
      throw new NotTraceable(reason, arguments);
    }
  }
}
