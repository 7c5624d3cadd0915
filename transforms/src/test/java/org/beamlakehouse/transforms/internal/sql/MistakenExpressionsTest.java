package org.beamlakehouse.transforms.internal.sql;

import static org.beamlakehouse.transforms.internal.sql.SqlExpressionTest.FIELDS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.hamcrest.Matchers;

/**
 * Functions and operators over whatever types: each expression compiles and has a result or an
 * error per row, or is refused in words that no library chose.
 */
class MistakenExpressionsTest {
  /** Of Java, of Calcite's insides and of generated code. */
  private static final Pattern RAW =
      Pattern.compile(
          "org[.]|java[.]|Exception|AssertionError|CHARACTER SET|\\$\\d|NOT NULL|No match found"
              + "|[Ii]nfer|Record|operandType|index \\(|Was not expecting|\\bunexpected\\b",
          Pattern.DOTALL);

  private static final List<String> LITERALS =
      List.of(
          "NULL",
          "1",
          "-1",
          "1.5",
          "1e3",
          "'x'",
          "'2024-01-01'",
          "TRUE",
          "X'00'",
          "DATE '2024-01-01'",
          "TIME '08:00:00'",
          "TIMESTAMP '2024-01-01 00:00:00'",
          "INTERVAL '1' DAY",
          "INTERVAL '1' MONTH",
          "address.zip");

  private static final List<String> SHAPES = shapes();

  private static List<String> shapes() {
    List<String> shapes = new ArrayList<>();
    shapes.addAll(
        List.of(
            "# = #",
            "# < #",
            "# AND #",
            "NOT #",
            "# IS DISTINCT FROM #",
            "# BETWEEN # AND #",
            "# IN (#, #)",
            "# LIKE #",
            "# ILIKE #",
            "# SIMILAR TO #",
            "# + #",
            "# - #",
            "# * #",
            "# / #",
            "# % #",
            "# || #",
            "-#",
            "#[#]",
            "CASE WHEN # THEN # ELSE # END",
            "CASE # WHEN # THEN # END",
            "EXTRACT(YEAR FROM #)",
            "EXTRACT(SECOND FROM #)",
            "EXTRACT(EPOCH FROM #)",
            "EXTRACT(ISOYEAR FROM #)",
            "FLOOR(# TO DAY)",
            "CEIL(# TO YEAR)",
            "TIMESTAMPADD(MICROSECOND, #, #)",
            "TIMESTAMPADD(MONTH, #, #)",
            "TIMESTAMPDIFF(DAY, #, #)",
            "(# - #) DAY",
            "OVERLAY(# PLACING # FROM #)",
            "POSITION(# IN #)",
            "TRIM(BOTH # FROM #)",
            "SUBSTRING(# FROM # FOR #)",
            "JSON_VALUE(#, 'lax $.a')",
            "JSON_EXISTS(#, 'lax $.a')",
            "JSON_LENGTH(#)",
            "ARRAY[#, #]",
            "MAP[#, #]",
            "ROW(#, #)",
            "MULTISET[#]",
            "ELEMENT(#)",
            "# = ANY (#)",
            "# MEMBER OF #",
            "(#, #) OVERLAPS (#, #)",
            "NEXT VALUE FOR #",
            "CAST(# AS INTEGER ARRAY)",
            "PERIOD (#, #) CONTAINS #"));
    for (String type :
        List.of(
            "VARCHAR",
            "INTEGER",
            "REAL",
            "DOUBLE",
            "DECIMAL(5, 2)",
            "DATE",
            "TIME",
            "TIMESTAMP",
            "BOOLEAN",
            "VARBINARY",
            "UUID",
            "ANY",
            "INTERVAL DAY")) {
      shapes.add("CAST(# AS " + type + ")");
      shapes.add("TRY_CAST(# AS " + type + ")");
    }
    for (String function : ExpressionFunctions.names()) {
      shapes.add(function + "()");
      shapes.add(function + "(#)");
      shapes.add(function + "(#, #)");
      shapes.add(function + "(#, #, #)");
    }
    return shapes;
  }

  @Property(tries = 500)
  void noneIsRefusedInWordsOfALibrary(@ForAll Random random) {
    String sql = expand(random);
    SqlExpression expression;
    try {
      expression = SqlExpression.of(sql, FIELDS);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage(), startsWith("Cannot compile '" + sql + "': "));
      String reason = e.getMessage().substring(("Cannot compile '" + sql + "': ").length());
      assertThat(sql, reason, not(Matchers.matchesPattern("(?s).*(" + RAW.pattern() + ").*")));
      return;
    }
    try {
      expression.evaluate(SqlExpressionTest.FULL.clone());
    } catch (SqlEvaluationException e) {
      assertThat(sql, e.reason(), not(Matchers.matchesPattern("(?s).*(" + RAW.pattern() + ").*")));
    }
  }

  private static String expand(Random random) {
    String shape = SHAPES.get(random.nextInt(SHAPES.size()));
    StringBuilder sql = new StringBuilder();
    for (char c : shape.toCharArray()) {
      sql.append(c == '#' ? operand(random) : String.valueOf(c));
    }
    return sql.toString();
  }

  private static String operand(Random random) {
    if (random.nextInt(3) == 0) {
      return LITERALS.get(random.nextInt(LITERALS.size()));
    }
    Column column = FIELDS.get(random.nextInt(FIELDS.size()));
    return column.type().kind() == Kind.STRUCT ? "address.city" : '"' + column.name() + '"';
  }
}
