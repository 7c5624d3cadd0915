package org.beamlakehouse.pipelines.internal.contract;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.sql.function.RegularExpression;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The metrics of the standard's library as conditions on one row. A metric counts bad rows; asking
 * for none of them makes a row rule, any other limit is one of the table and not supported yet.
 */
final class LibraryMetrics {
  private static final List<String> METRICS =
      List.of("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount");
  private static final List<String> INVALID_ARGUMENTS =
      List.of("validValues", "pattern", "minLength", "maxLength", "minimum", "maximum");

  private LibraryMetrics() {}

  /**
   * The condition of a metric; empty where the table meets it by its make, or where it is wrong or
   * not supported, which is told.
   */
  static Optional<String> condition(
      YamlNode quality, String metric, @Nullable Column column, ColumnReader columns) {
    if (!METRICS.contains(metric)) {
      quality.errorAt("metric", "unknown metric '%s'%s", metric, NearestName.hint(metric, METRICS));
      return Optional.empty();
    }
    if (metric.equals("rowCount")) {
      quality.errorAt(
          "metric", "the metric 'rowCount' is not supported yet; it counts the table, not a row");
      return Optional.empty();
    }
    if (!asksForNone(quality, metric)) {
      return Optional.empty();
    }
    YamlNode arguments = quality.get("arguments");
    if (arguments != null && !arguments.expectMap("'arguments'")) {
      return Optional.empty();
    }
    if (metric.equals("duplicateValues")) {
      checkDuplicates(quality, arguments, column, columns);
      return Optional.empty();
    }
    if (column == null) {
      quality.errorAt("metric", "the metric '%s' is one of a column; put it there", metric);
      return Optional.empty();
    }
    return switch (metric) {
      case "nullValues" -> nullValues(arguments, column);
      case "missingValues" -> missingValues(arguments, column);
      default -> invalidValues(quality, arguments, column);
    };
  }

  private static boolean asksForNone(YamlNode quality, String metric) {
    List<String> operators =
        quality.keys().stream().filter(OdcsSchema.keys("DataQualityOperators")::contains).toList();
    if (operators.size() != 1) {
      quality.error(
          operators.isEmpty()
              ? "the metric '%s' has no limit; add 'mustBe: 0'"
              : "the metric '%s' has more than one limit; keep one, for example 'mustBe: 0'",
          metric);
      return false;
    }
    String operator = operators.get(0);
    YamlNode limit = quality.get(operator);
    BigDecimal number = limit == null ? null : limit.number();
    boolean none =
        number != null
            && switch (operator) {
              case "mustBe", "mustBeLessOrEqualTo" -> number.signum() == 0;
              case "mustBeLessThan" -> number.compareTo(BigDecimal.ONE) == 0 && !isPercent(quality);
              default -> false;
            };
    if (!none) {
      quality.errorAt(
          operator,
          "the limit '%s' is not supported yet for '%s'; supported: 'mustBe: 0'",
          operator,
          metric);
    }
    return none;
  }

  private static boolean isPercent(YamlNode quality) {
    YamlNode unit = quality.get("unit");
    return unit != null && unit.text().equals("percent");
  }

  private static void checkDuplicates(
      YamlNode quality,
      @Nullable YamlNode arguments,
      @Nullable Column column,
      ColumnReader columns) {
    List<String> unique = column == null ? List.of() : List.of(column.name());
    if (arguments != null) {
      arguments.allowKeys(List.of("properties"));
      YamlNode properties = arguments.get("properties");
      unique = properties == null ? unique : properties.asStrings("'properties'");
      for (String name : unique) {
        if (properties != null && !columns.isDeclared(name)) {
          properties.error("unknown column '%s'%s", name, NearestName.hint(name, columns.names()));
          return;
        }
      }
    }
    List<String> key = columns.key();
    if (key.isEmpty() || !Set.copyOf(unique).containsAll(key)) {
      quality.errorAt(
          "metric",
          "'duplicateValues' is not supported yet but for the key (%s), which is unique anyway",
          String.join(", ", key));
    }
  }

  private static Optional<String> nullValues(@Nullable YamlNode arguments, Column column) {
    if (arguments != null) {
      arguments.allowKeys(List.of());
    }
    return Optional.of(quoted(column) + " IS NOT NULL");
  }

  private static Optional<String> missingValues(@Nullable YamlNode arguments, Column column) {
    if (arguments == null || !arguments.has("missingValues")) {
      return nullValues(arguments, column);
    }
    arguments.allowKeys(List.of("missingValues"));
    List<String> conditions = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (YamlNode item : arguments.items("missingValues")) {
      if (item.isNull()) {
        conditions.add(quoted(column) + " IS NOT NULL");
      } else {
        Optional<String> literal = literal(item, column);
        if (literal.isEmpty()) {
          return Optional.empty();
        }
        values.add(literal.get());
      }
    }
    if (!values.isEmpty()) {
      conditions.add(quoted(column) + " NOT IN (" + String.join(", ", values) + ")");
    }
    if (conditions.isEmpty()) {
      arguments.errorAt("missingValues", "'missingValues' must list at least one value");
      return Optional.empty();
    }
    return Optional.of(String.join(" AND ", conditions));
  }

  private static Optional<String> invalidValues(
      YamlNode quality, @Nullable YamlNode arguments, Column column) {
    if (arguments == null || arguments.keys().isEmpty()) {
      quality.error(
          "the metric 'invalidValues' says nothing of what is valid; add 'arguments' with one of"
              + " %s",
          String.join(", ", INVALID_ARGUMENTS));
      return Optional.empty();
    }
    arguments.allowKeys(INVALID_ARGUMENTS);
    List<String> conditions = new ArrayList<>();
    boolean complete = true;
    for (String argument : arguments.keys()) {
      if (!INVALID_ARGUMENTS.contains(argument)) {
        complete = false;
        continue;
      }
      Optional<String> condition =
          switch (argument) {
            case "validValues" -> validValues(arguments, column);
            case "pattern" -> pattern(arguments, column);
            case "minLength", "maxLength" -> length(arguments, argument, column);
            default -> bound(arguments, argument, column);
          };
      condition.ifPresent(conditions::add);
      complete &= condition.isPresent();
    }
    return complete ? Optional.of(String.join(" AND ", conditions)) : Optional.empty();
  }

  private static Optional<String> validValues(YamlNode arguments, Column column) {
    List<String> literals = new ArrayList<>();
    List<YamlNode> items = arguments.items("validValues");
    for (YamlNode item : items) {
      // Null is neither valid nor invalid, as in SQL; nullValues asks for it.
      if (!item.isNull()) {
        literal(item, column).ifPresent(literals::add);
      } else {
        literals.add("");
      }
    }
    if (literals.size() < items.size()) {
      return Optional.empty();
    }
    literals.removeIf(String::isEmpty);
    if (literals.isEmpty()) {
      arguments.errorAt("validValues", "'validValues' must list at least one value");
      return Optional.empty();
    }
    return Optional.of(quoted(column) + " IN (" + String.join(", ", literals) + ")");
  }

  private static Optional<String> pattern(YamlNode arguments, Column column) {
    String pattern = arguments.string("pattern");
    if (pattern == null || !isText(arguments, "pattern", column)) {
      return Optional.empty();
    }
    try {
      RegularExpression.of(pattern);
    } catch (IllegalArgumentException e) {
      arguments.errorAt("pattern", "'%s' %s", pattern, whyNotMatched(pattern, e.getMessage()));
      return Optional.empty();
    }
    return Optional.of("REGEXP_LIKE(" + quoted(column) + ", " + text(pattern) + ")");
  }

  /** Where it is no regular expression anywhere, Java says best why. */
  private static String whyNotMatched(String pattern, String reason) {
    try {
      Pattern.compile(pattern);
      return "cannot be matched: " + reason;
    } catch (PatternSyntaxException e) {
      return "is not a regular expression: " + e.getDescription();
    }
  }

  private static Optional<String> length(YamlNode arguments, String argument, Column column) {
    Integer length = arguments.integer(argument);
    if (length == null || !isText(arguments, argument, column)) {
      return Optional.empty();
    }
    String operator = argument.equals("minLength") ? " >= " : " <= ";
    return Optional.of("CHAR_LENGTH(" + quoted(column) + ")" + operator + length);
  }

  private static Optional<String> bound(YamlNode arguments, String argument, Column column) {
    YamlNode value = arguments.get(argument);
    Optional<String> literal = value == null ? Optional.empty() : literal(value, column);
    String operator = argument.equals("minimum") ? " >= " : " <= ";
    return literal.map(l -> quoted(column) + operator + l);
  }

  private static boolean isText(YamlNode arguments, String argument, Column column) {
    boolean text = column.type().kind() == Kind.STRING;
    if (!text) {
      arguments.errorAt(
          argument, "'%s' is for columns of type string, not %s", argument, column.type());
    }
    return text;
  }

  /** A value as SQL of the column's type. */
  private static Optional<String> literal(YamlNode value, Column column) {
    Kind kind = column.type().kind();
    String text = value.text();
    boolean fits =
        switch (kind) {
          case STRING -> value.kind() == YamlNode.Kind.TEXT;
          case INT, LONG -> value.kind() == YamlNode.Kind.INTEGER;
          case FLOAT, DOUBLE, DECIMAL -> value.number() != null;
          case BOOLEAN -> value.kind() == YamlNode.Kind.BOOLEAN;
          case DATE -> value.kind() == YamlNode.Kind.TEXT && isDate(text);
          default -> false;
        };
    if (!fits) {
      value.error(
          "the value '%s' does not fit the type %s of the column '%s'%s",
          value.written(),
          column.type(),
          column.name(),
          kind == Kind.STRING ? "; put it in quotes" : "");
      return Optional.empty();
    }
    return Optional.of(
        switch (kind) {
          case STRING -> text(text);
          case DATE -> "DATE " + text(text);
          case BOOLEAN -> text.toUpperCase(Locale.ROOT);
          case INT, LONG, DECIMAL -> new BigDecimal(text).toPlainString();
          default -> text;
        });
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static String quoted(Column column) {
    return '"' + column.name() + '"';
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
