package org.beamlakehouse.pipelines.internal.gold.query;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.dialect.CalciteSqlDialect;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where the {@code incrementalBy} column of a gold query comes from.
 *
 * <p>The query is incremental in a column where each output row depends, of one input table, only
 * on the rows whose value of an expression equals the output row's value of the column. Then it is
 * enough to compute the query over the rows of the changed values. This holds where the column can
 * be followed to an expression over the columns of exactly one table that is read exactly once, and
 * no query block on the way mixes rows of different values (windows, LIMIT, set operations, outer
 * joins that may leave the table empty, grouping sets). Nothing is said of the other tables: where
 * one of them changes, everything has to be computed.
 */
final class IncrementalColumn {

  /**
   * Where the value is.
   *
   * @param table the input table whose rows carry the value, with its namespace
   * @param expression the value as SQL over that table's columns, for {@link SqlExpression}; it may
   *     be null for a row
   */
  record Found(String table, String expression) {}

  private final @Nullable Found found;
  private final @Nullable String obstacle;

  private IncrementalColumn(@Nullable Found found, @Nullable String obstacle) {
    this.found = found;
    this.obstacle = obstacle;
  }

  /**
   * Follows a column of a query to where its values are.
   *
   * @param sql the query, its variables filled in
   * @param column a name in its select list
   * @param tables the tables it reads, by the names used in the query
   * @return empty where the query is not incremental in the column
   * @throws IllegalArgumentException where the text is no query
   */
  static Optional<Found> find(String sql, String column, Map<String, TableDefinition> tables) {
    return Optional.ofNullable(of(sql, column, tables).found);
  }

  /**
   * Why a query is not incremental in a column.
   *
   * @return empty where it is
   * @throws IllegalArgumentException where the text is no query
   */
  static Optional<String> obstacle(String sql, String column, Map<String, TableDefinition> tables) {
    return Optional.ofNullable(of(sql, column, tables).obstacle);
  }

  private static IncrementalColumn of(
      String sql, String column, Map<String, TableDefinition> tables) {
    SqlNode query = parse(sql);
    try {
      ColumnTrace.Origin origin = new ColumnTrace(tables).trace(query, column);
      int scans = Collections.frequency(TableScans.scans(query), origin.table());
      if (scans != 1) {
        return not(String.format("%s is read %d times", origin.table(), scans));
      }
      String expression =
          origin
              .expression()
              .toSqlString(c -> c.withDialect(CalciteSqlDialect.DEFAULT))
              .getSql()
              .replaceAll("\\R", " ");
      List<Column> columns = tables.get(origin.table()).storedColumns();
      SqlExpression.of(expression, columns);
      return new IncrementalColumn(new Found(origin.table(), expression), null);
    } catch (ColumnTrace.NotTraceable e) {
      return not(e.getMessage());
    } catch (IllegalArgumentException e) {
      // What only a query can compute, or what changes from run to run.
      return not(e.getMessage());
    }
  }

  private static SqlNode parse(String sql) {
    try {
      return SqlParser.create(sql, TableReferences.PARSER).parseQuery();
    } catch (SqlParseException e) {
      throw new IllegalArgumentException(
          String.format("Cannot parse the query: %s", GoldSql.firstLine(e.getMessage())), e);
    }
  }

  private static IncrementalColumn not(@Nullable String reason) {
    return new IncrementalColumn(null, String.valueOf(reason));
  }
}
