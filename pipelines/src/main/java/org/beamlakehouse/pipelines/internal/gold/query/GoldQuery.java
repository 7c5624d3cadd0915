package org.beamlakehouse.pipelines.internal.gold.query;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.sql.SqlTransform;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A gold product's query, planned: what it reads, what it gives, how it can be computed anew in
 * part.
 */
public final class GoldQuery implements Serializable {

  /**
   * An input table.
   *
   * @param alias its name in the query as Beam SQL runs it
   * @param columns the columns that the query may use
   */
  public record Input(String alias, List<Column> columns) implements Serializable {}

  private static final Pattern POSITION = Pattern.compile("(?i)\\bline (\\d+), column \\d+");

  private final String table;
  private final String owner;
  private final String description;
  private final String incrementalBy;
  private final String sql;
  private final String fingerprint;
  private final Map<String, Input> inputs;
  private final List<Column> columns;
  private final String incrementalTable;
  private final IncrementalValue incrementalValue;

  private GoldQuery(
      GoldSql sql,
      Map<String, Input> inputs,
      List<Column> columns,
      IncrementalColumn.@Nullable Found incremental) {
    GoldProduct product = sql.product();
    this.table = product.table();
    this.owner = product.owner() == null ? "" : product.owner();
    this.description = product.description() == null ? "" : product.description();
    this.incrementalBy = product.incrementalBy();
    this.sql = sql.references().flattened();
    this.fingerprint = sql.fingerprint();
    this.inputs = new LinkedHashMap<>(inputs);
    this.columns = List.copyOf(columns);
    if (incremental == null) {
      this.incrementalTable = null;
      this.incrementalValue = null;
    } else {
      this.incrementalTable = incremental.table();
      this.incrementalValue =
          new IncrementalValue(
              incremental.expression(), sql.definitions().get(incremental.table()).storedColumns());
    }
  }

  /**
   * Plans a query.
   *
   * @throws IllegalArgumentException where Beam SQL cannot run it, or the key or {@code
   *     incrementalBy} is no column of its result
   */
  public static GoldQuery of(GoldSql sql) {
    Map<String, Input> inputs = new LinkedHashMap<>();
    sql.definitions()
        .forEach(
            (name, definition) ->
                inputs.put(
                    name, new Input(TableReferences.flatName(name), usedColumns(sql, definition))));
    GoldProduct product = sql.product();
    Schema result = plan(sql, inputs);
    for (String column : namedColumns(product)) {
      if (!result.hasField(column)) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot use %s: its header names the column %s but the query gives %s",
                product.file(), column, result.getFieldNames()));
      }
    }
    IncrementalColumn.Found incremental =
        product.incrementalBy() == null
            ? null
            : IncrementalColumn.find(sql.sql(), product.incrementalBy(), sql.definitions())
                .orElse(null);
    return new GoldQuery(
        sql, inputs, GoldTypes.columns(result, DecimalColumns.of(sql)), incremental);
  }

  /**
   * Says why a product that is meant to be incremental is computed in full every time.
   *
   * @return empty where it is incremental, or not meant to be
   * @throws IllegalArgumentException where the text is no query
   */
  public static Optional<String> warning(GoldSql sql) {
    GoldProduct product = sql.product();
    return product.incrementalBy() == null
        ? Optional.empty()
        : IncrementalColumn.obstacle(sql.sql(), product.incrementalBy(), sql.definitions())
            .map(
                obstacle ->
                    String.format(
                        "%s:%d: warning: %s is computed in full every time: it is not incremental"
                            + " by %s: %s",
                        product.file(),
                        product.sqlLine(),
                        product.table(),
                        product.incrementalBy(),
                        obstacle));
  }

  private static List<String> namedColumns(GoldProduct product) {
    List<String> names = new ArrayList<>(product.key());
    if (product.incrementalBy() != null) {
      names.add(product.incrementalBy());
    }
    return names;
  }

  private static List<Column> usedColumns(GoldSql sql, TableDefinition definition) {
    List<Column> used =
        definition.storedColumns().stream()
            .filter(column -> sql.references().mayUse(column.name()))
            .toList();
    // COUNT(*) needs rows, and rows need a column.
    return used.isEmpty() ? definition.storedColumns().subList(0, 1) : used;
  }

  private static Schema plan(GoldSql sql, Map<String, Input> inputs) {
    Pipeline scratch = Pipeline.create();
    PCollectionTuple tables = PCollectionTuple.empty(scratch);
    for (Input input : inputs.values()) {
      Schema schema = GoldTypes.sqlSchema(input.columns());
      tables =
          tables.and(
              new TupleTag<Row>(input.alias()), scratch.apply(input.alias(), Create.empty(schema)));
    }
    try {
      return tables.apply(transform(sql.references().flattened())).getSchema();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot run %s:%d: %s",
              sql.product().file(), sql.product().sqlLine() + line(e) - 1, reason(e)),
          e);
    }
  }

  /** The line of the query that Calcite complains of; the first where it names none. */
  private static int line(Throwable failure) {
    int line = 1;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Matcher position = POSITION.matcher(String.valueOf(cause.getMessage()));
      if (position.find()) {
        line = Integer.parseInt(position.group(1));
      }
    }
    return line;
  }

  /** Beam SQL wraps what Calcite says; the innermost message is the useful one. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause().getMessage() != null) {
      cause = cause.getCause();
    }
    return GoldSql.firstLine(String.valueOf(cause.getMessage()));
  }

  private static SqlTransform transform(String sql) {
    // Inputs come as collections only: looking for Beam's own table providers would cost time, and
    // their libraries are not there.
    return CountDistinct.register(SqlTransform.query(sql).withAutoLoading(false));
  }

  /** The query as a transform of the inputs under their aliases. */
  public SqlTransform transform() {
    return transform(sql);
  }

  /** The product's table. */
  public String table() {
    return table;
  }

  public String owner() {
    return owner;
  }

  public String description() {
    return description;
  }

  /** Names of the input tables. */
  public Set<String> inputTables() {
    return inputs.keySet();
  }

  /** Input tables by name. */
  public Map<String, Input> inputs() {
    return inputs;
  }

  /** Columns of the result. */
  public List<Column> columns() {
    return columns;
  }

  /** The column by which the product is recomputed in parts; null where it never is. */
  public @Nullable String incrementalBy() {
    return incrementalBy;
  }

  /** The input table whose rows tell the {@link #incrementalBy()} value; null where none does. */
  public @Nullable String incrementalTable() {
    return incrementalTable;
  }

  /** The value as rows of {@link #incrementalTable()} give it. */
  public @Nullable IncrementalValue incrementalValue() {
    return incrementalValue;
  }

  public String fingerprint() {
    return fingerprint;
  }
}
