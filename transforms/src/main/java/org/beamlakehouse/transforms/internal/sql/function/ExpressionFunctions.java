package org.beamlakehouse.transforms.internal.sql.function;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.schema.ScalarFunction;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;

/**
 * The functions that expressions may call: those of standard SQL and a chosen few of other dialects
 * (one meaning per name, so that no expression depends on an order of dialects).
 */
public final class ExpressionFunctions {

  private static final List<SqlOperator> LIBRARY =
      List.of(
          SqlLibraryOperators.IF,
          SqlLibraryOperators.NVL,
          SqlLibraryOperators.IFNULL,
          SqlLibraryOperators.DECODE,
          SqlLibraryOperators.GREATEST,
          SqlLibraryOperators.LEAST,
          SqlLibraryOperators.SAFE_CAST,
          SqlLibraryOperators.TRY_CAST,
          SqlLibraryOperators.NULL_SAFE_EQUAL,
          SqlLibraryOperators.LENGTH,
          SqlLibraryOperators.CONCAT_FUNCTION,
          SqlLibraryOperators.CONCAT_WS,
          SqlLibraryOperators.LEFT,
          SqlLibraryOperators.RIGHT,
          SqlLibraryOperators.LPAD,
          SqlLibraryOperators.RPAD,
          SqlLibraryOperators.LTRIM,
          SqlLibraryOperators.RTRIM,
          SqlLibraryOperators.REPEAT,
          SqlLibraryOperators.REVERSE,
          SqlLibraryOperators.SPLIT_PART,
          SqlLibraryOperators.STARTS_WITH,
          SqlLibraryOperators.ENDS_WITH,
          SqlLibraryOperators.CONTAINS_SUBSTR,
          SqlLibraryOperators.STRPOS,
          SqlLibraryOperators.TRANSLATE3,
          SqlLibraryOperators.ILIKE,
          SqlLibraryOperators.NOT_ILIKE,
          SqlLibraryOperators.RLIKE,
          SqlLibraryOperators.NOT_RLIKE,
          SqlLibraryOperators.REGEXP_LIKE,
          SqlLibraryOperators.REGEXP_REPLACE_3,
          SqlLibraryOperators.REGEXP_EXTRACT,
          SqlLibraryOperators.MD5,
          SqlLibraryOperators.SHA1,
          SqlLibraryOperators.SHA256,
          SqlLibraryOperators.SHA512,
          SqlLibraryOperators.TO_HEX,
          SqlLibraryOperators.FROM_HEX,
          SqlLibraryOperators.TO_BASE64,
          SqlLibraryOperators.FROM_BASE64,
          SqlLibraryOperators.IS_NAN,
          SqlLibraryOperators.IS_INF,
          SqlLibraryOperators.POW,
          SqlLibraryOperators.ARRAY_CONTAINS,
          SqlLibraryOperators.ARRAY_LENGTH,
          SqlLibraryOperators.MAP_KEYS,
          SqlLibraryOperators.MAP_VALUES);

  public static final SqlOperatorTable TABLE =
      SqlOperatorTables.chain(SqlStdOperatorTable.instance(), SqlOperatorTables.of(LIBRARY));

  public static final SqlOperator IS_AMONG = function(SetFunctions.class, "isAmong");

  public static final SqlOperator REGEX_OF = function(PatternFunctions.class, "regexOf");
  public static final SqlOperator SIMILAR_OF = function(PatternFunctions.class, "similarOf");
  public static final SqlOperator LIKE_OF = function(PatternFunctions.class, "likeOf");
  public static final SqlOperator ILIKE_OF = function(PatternFunctions.class, "ilikeOf");
  public static final SqlOperator IS_FOUND = function(PatternFunctions.class, "isFound");
  public static final SqlOperator IS_SIMILAR = function(PatternFunctions.class, "isSimilar");
  public static final SqlOperator IS_LIKE = function(PatternFunctions.class, "isLike");
  public static final SqlOperator REPLACE_FOUND = function(PatternFunctions.class, "replaceFound");
  public static final SqlOperator EXTRACT_FOUND = function(PatternFunctions.class, "extractFound");

  public static final SqlOperator TIMES = function(TextFunctions.class, "times");
  public static final SqlOperator PADDED = function(TextFunctions.class, "padded");
  public static final SqlOperator REPLACE = function(TextFunctions.class, "replace");
  public static final SqlOperator SPLIT_PART = function(TextFunctions.class, "splitPart");

  public static final SqlOperator TO_MILLIS = temporal("toMillis");
  public static final SqlOperator TO_MILLIS_UP = temporal("toMillisUp");
  public static final SqlOperator TO_MICROS = temporal("toMicros");
  public static final SqlOperator TRY_TIMESTAMP = temporal("tryTimestamp");
  public static final SqlOperator TRY_TIME = temporal("tryTime");
  public static final SqlOperator TRY_DATE = temporal("tryDate");
  public static final SqlOperator ADD_TO_TIMESTAMP =
      function(IntervalFunctions.class, "addToTimestamp");
  public static final SqlOperator ADD_MONTHS_TO_TIMESTAMP =
      function(IntervalFunctions.class, "addMonthsToTimestamp");
  public static final SqlOperator TIME_TO_MILLIS = temporal("timeToMillis");
  public static final SqlOperator TIME_TO_MICROS = temporal("timeToMicros");
  public static final SqlOperator TRUNCATE = temporal("truncate");
  public static final SqlOperator PARSE_TIMESTAMP = temporal("parseTimestamp");
  public static final SqlOperator PARSE_TIME = temporal("parseTime");
  public static final SqlOperator PARSE_DATE = temporal("parseDate");
  public static final SqlOperator FORMAT_TIMESTAMP = temporal("formatTimestamp");
  public static final SqlOperator FORMAT_TIME = temporal("formatTime");

  private ExpressionFunctions() {}

  private static SqlOperator temporal(String name) {
    return function(TemporalFunctions.class, name);
  }

  /** Names of all that can be called by name. */
  public static List<String> names() {
    return TABLE.getOperatorList().stream()
        .filter(operator -> operator instanceof SqlFunction && !operator.isAggregator())
        .map(SqlOperator::getName)
        .toList();
  }

  /** A static method as a function of the rewritten tree. */
  public static SqlOperator function(Class<?> functions, String name) {
    Method method =
        Arrays.stream(functions.getMethods())
            .filter(m -> m.getName().equals(name))
            .findFirst()
            .orElseThrow();
    ScalarFunction function = ScalarFunctionImpl.create(method);
    return new SqlUserDefinedFunction(
        new SqlIdentifier(name, SqlParserPos.ZERO),
        SqlKind.OTHER_FUNCTION,
        ReturnTypes.explicit(types -> types.createJavaType(method.getReturnType())),
        InferTypes.FIRST_KNOWN,
        null,
        function);
  }
}
