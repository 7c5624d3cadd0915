package org.beamlakehouse.transforms.internal.sql;

import java.time.DateTimeException;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.internal.sql.rewrite.UnplacedError;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the libraries say of an expression that they refuse. Only what an author of expressions
 * understands is repeated; the rest speaks of classes, generated code and inner types.
 *
 * @param reason null where they say nothing that is worth repeating
 * @param position null where they do not know it
 */
record CompileError(@Nullable String reason, @Nullable SqlParserPos position) {

  private record Known(Pattern pattern, Function<MatchResult, String> words) {}

  private static final List<Known> KNOWN =
      List.of(
          known("No match found for function signature ([^(]+)\\(.*", e -> noFunction(e.group(1))),
          known("Unknown identifier '(.*)'", e -> "there is no type " + e.group(1)),
          known("Invalid number of arguments to function '(.*?)3?'.*", MatchResult::group),
          known("Cannot apply '[^']+' to arguments of type (?!.*RECORDTYPE).*", MatchResult::group),
          known("Illegal (?:DATE|TIME|TIMESTAMP|INTERVAL|interval) .*", MatchResult::group),
          known("'.*' is not a valid time frame", MatchResult::group),
          known("Binary literal string must contain .*", MatchResult::group),
          known("Expected a boolean type", MatchResult::group));

  private static final Pattern TRAILING_POSITION =
      Pattern.compile(" at line \\d+, column \\d+[.]?");

  private static Known known(String pattern, Function<MatchResult, String> words) {
    return new Known(Pattern.compile(pattern, Pattern.DOTALL), words);
  }

  static CompileError of(Throwable error) {
    SqlParserPos position = null;
    Throwable cause = error;
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof CalciteContextException context && context.getPosLine() > 0) {
        position = new SqlParserPos(context.getPosLine(), context.getPosColumn());
      }
      cause = e;
    }
    return new CompileError(reason(cause), position);
  }

  /** True for what already says which expression is refused, and why. */
  static boolean isTold(Throwable error) {
    return error instanceof IllegalArgumentException
        && String.valueOf(error.getMessage()).startsWith("Cannot compile");
  }

  /** True where there is more code than a method or the stack holds. */
  static boolean isTooLong(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof StackOverflowError
          || String.valueOf(e.getMessage()).contains("grows beyond 64 KB")) {
        return true;
      }
    }
    return false;
  }

  String reasonOr(String other) {
    return reason == null ? other : reason;
  }

  private static @Nullable String reason(Throwable error) {
    if (error instanceof DateTimeException) {
      return "a text is not a date or time";
    }
    String message = firstLine(String.valueOf(error.getMessage()));
    if (error instanceof UnplacedError) {
      return message;
    }
    for (Known known : KNOWN) {
      Matcher matcher = known.pattern().matcher(message);
      if (matcher.matches()) {
        return known.words().apply(matcher);
      }
    }
    return null;
  }

  private static String noFunction(String name) {
    return String.format(
        "there is no function %s%s; docs/sql.md lists those there are",
        name,
        NearestName.to(name, ExpressionFunctions.names())
            .map(n -> " (did you mean " + n + "?)")
            .orElse(""));
  }

  static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("").strip();
    line = TRAILING_POSITION.matcher(line).replaceFirst("");
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
