package org.beamlakehouse.pipelines.internal.gold.query;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParseException;
import org.beamlakehouse.transforms.table.TableDefinition;

/** The SQL of a gold product for one run: variables filled in, input tables known. */
public final class GoldSql {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private final GoldProduct product;
  private final String sql;
  private final TableReferences references;
  private final Map<String, TableDefinition> inputs;

  private GoldSql(
      GoldProduct product,
      String sql,
      TableReferences references,
      Map<String, TableDefinition> inputs) {
    this.product = product;
    this.sql = sql;
    this.references = references;
    this.inputs = inputs;
  }

  /**
   * The SQL of a product.
   *
   * @param vars values of {@code ${name}}
   * @param tables the project's silver tables
   * @throws IllegalArgumentException where a variable has no value, the text is no query, or it
   *     reads a table that is not a silver table of the project
   */
  public static GoldSql of(
      GoldProduct product, Map<String, String> vars, List<TableDefinition> tables) {
    String sql = fill(product, vars);
    TableReferences references;
    try {
      references = TableReferences.of(sql);
    } catch (StackOverflowError e) {
      throw tooDeep(product);
    } catch (SqlParseException e) {
      if (e.getCause() instanceof StackOverflowError) {
        throw tooDeep(product);
      }
      throw new IllegalArgumentException(
          String.format(
              "Cannot read %s:%d: %s",
              product.file(),
              product.sqlLine() + e.getPos().getLineNum() - 1,
              firstLine(e.getMessage())),
          e);
    }
    Map<String, TableDefinition> byName = new LinkedHashMap<>();
    tables.forEach(table -> byName.put(table.name(), table));
    Map<String, TableDefinition> inputs = new LinkedHashMap<>();
    for (String table : references.tables()) {
      if (!byName.containsKey(table)) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot read %s:%d: the query reads %s, which is no silver table of the project;"
                    + " there are %s",
                product.file(), product.sqlLine(), table, byName.keySet()));
      }
      inputs.put(table, byName.get(table));
    }
    return new GoldSql(product, sql, references, inputs);
  }

  private static IllegalArgumentException tooDeep(GoldProduct product) {
    return new IllegalArgumentException(
        String.format(
            "Cannot read %s:%d: the query is nested too deeply; split it, or use IN for a list",
            product.file(), product.sqlLine()));
  }

  private static String fill(GoldProduct product, Map<String, String> vars) {
    Matcher variables = VARIABLE.matcher(product.sql());
    StringBuilder filled = new StringBuilder();
    while (variables.find()) {
      String value = vars.get(variables.group(1));
      if (value == null) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot fill in %s: the variable %s has no value; give --vars %s=…",
                product.file(), variables.group(), variables.group(1)));
      }
      variables.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return variables.appendTail(filled).toString();
  }

  GoldProduct product() {
    return product;
  }

  /** The product's table. */
  public String table() {
    return product.table();
  }

  /** The query, variables filled in. */
  String sql() {
    return sql;
  }

  TableReferences references() {
    return references;
  }

  Map<String, TableDefinition> definitions() {
    return inputs;
  }

  /** The silver tables that the query reads. */
  public Set<String> inputs() {
    return inputs.keySet();
  }

  /** Tells queries apart: rows made by another one have to be computed anew. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(String.valueOf(product.incrementalBy()).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(sql.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot fingerprint a query: the JDK has no SHA-256", e);
    }
  }

  static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end).strip();
  }
}
