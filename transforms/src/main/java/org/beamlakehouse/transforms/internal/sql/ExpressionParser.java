package org.beamlakehouse.transforms.internal.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Text to syntax tree, and the error texts of both parsing and compiling. */
final class ExpressionParser {

  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withQuotedCasing(Casing.UNCHANGED)
          .withCaseSensitive(true)
          .withIdentifierMaxLength(1000)
          .withConformance(SqlConformanceEnum.LENIENT);

  private static final int MAX_SHOWN = 300;

  private static final Pattern ENCOUNTERED =
      Pattern.compile(
          "^(?:Encountered|Incorrect syntax near the keyword) [\"'](.*?)[\"'](?: at line|[.]|$)",
          Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");

  /** Reserved, but never meant as a column. */
  private static final Set<String> OPERATORS =
      Set.of(
          "AND", "OR", "NOT", "IN", "IS", "LIKE", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END",
          "NULL", "TRUE", "FALSE", "CAST", "AS", "FROM", "WHERE", "SELECT");

  private ExpressionParser() {}

  static SqlNode parse(String sql) {
    try {
      return SqlParser.create(sql, CONFIG).parseExpression();
    } catch (SqlParseException e) {
      throw e.getCause() instanceof StackOverflowError
          ? tooDeep(sql)
          : failure(sql, syntaxReason(sql, e), e.getPos());
    } catch (StackOverflowError e) {
      throw tooDeep(sql);
    } catch (RuntimeException e) {
      CompileError error = CompileError.of(e);
      throw failure(sql, error.reasonOr("it is no expression"), error.position());
    }
  }

  static IllegalArgumentException failure(
      String sql, String reason, @Nullable SqlParserPos position) {
    String where =
        position == null || position.getLineNum() < 1
            ? ""
            : String.format(
                " at line %d, column %d", position.getLineNum(), position.getColumnNum());
    return new IllegalArgumentException(
        String.format("Cannot compile '%s': %s%s", abbreviate(sql), reason, where));
  }

  /** Long texts, as lists of thousands of values, would hide the reason. */
  static String abbreviate(String sql) {
    return sql.length() <= MAX_SHOWN ? sql : sql.substring(0, MAX_SHOWN) + "…";
  }

  static IllegalArgumentException tooDeep(String sql) {
    return failure(
        sql, "it is nested too deeply or too long; split it, or use IN for a list", null);
  }

  private static String syntaxReason(String sql, SqlParseException error) {
    String message = String.valueOf(error.getMessage());
    Matcher encountered = ENCOUNTERED.matcher(message);
    if (!encountered.find()) {
      return CompileError.firstLine(message);
    }
    if (sql.chars().filter(c -> c == '\'').count() % 2 != 0) {
      return "a text has no closing quote (')";
    }
    String token = encountered.group(1).strip();
    if (token.endsWith("<EOF>")) {
      return "the expression ends too early";
    }
    for (String word : wordsNear(sql, token, error.getPos())) {
      if (isReserved(word) && !isUsedAsKeyword(sql, word)) {
        return String.format(
            "%s is a reserved word (a column of that name needs double quotes: \"%s\")",
            word, word);
      }
    }
    return String.format("'%s' is not expected here", token);
  }

  /** The parser stops at a reserved word, before it or behind it. */
  private static List<String> wordsNear(String sql, String token, @Nullable SqlParserPos position) {
    List<String> words = new ArrayList<>();
    addWords(token, words);
    String[] lines = sql.split("\n", -1);
    if (position != null && position.getLineNum() > 0 && position.getLineNum() <= lines.length) {
      String line = lines[position.getLineNum() - 1];
      int at = Math.min(line.length(), Math.max(0, position.getColumnNum() - 1));
      List<String> before = addWords(line.substring(0, at), new ArrayList<>());
      List<String> after = addWords(line.substring(at), new ArrayList<>());
      words.addAll(before.subList(Math.max(0, before.size() - 1), before.size()));
      words.addAll(after.subList(0, Math.min(2, after.size())));
    }
    return words;
  }

  private static List<String> addWords(String text, List<String> words) {
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  /** As in {@code CEIL(…)} and {@code DATE '…'}: what follows is wrong, not the word. */
  private static boolean isUsedAsKeyword(String sql, String word) {
    return Pattern.compile("\\b" + Pattern.quote(word) + "\\s*[('\\[]").matcher(sql).find();
  }

  private static boolean isReserved(String word) {
    return !word.isEmpty()
        && !OPERATORS.contains(word.toUpperCase(Locale.ROOT))
        && Metadata.INSTANCE.isReservedWord(word.toUpperCase(Locale.ROOT));
  }

  private static final class Metadata {
    static final SqlAbstractParserImpl.Metadata INSTANCE =
        SqlParser.create("", CONFIG).getMetadata();
  }
}
