package org.beamlakehouse.transforms.internal.sql.function;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A regular expression that is matched in time and memory linear in the text, whatever the text:
 * the records of a source choose it, and none may hold up or end a run. The syntax is RE2's, which
 * is Java's without what needs backtracking; where both would read a text differently it is
 * refused. Compiled once, safe for use by many threads.
 */
public final class RegularExpression {
  private static final String LINEAR =
      "; matching takes linear time and knows no back references, look-around, possessive or atomic"
          + " groups";

  /** What the syntax check estimates at most may take a few times as many steps, and no more. */
  private static final int MAX_STEPS = 40_000;

  private final Pattern pattern;

  private RegularExpression(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles a regular expression.
   *
   * @throws IllegalArgumentException with what is wrong and how to mend it, without the expression
   */
  public static RegularExpression of(String regex) {
    return of(regex, "");
  }

  /**
   * Compiles a regular expression.
   *
   * @param flags letters: {@code i} without regard to case, {@code c} with it, {@code n} a dot is
   *     also a line break, {@code s} it is not, {@code m} {@code ^} and {@code $} are also those of
   *     lines; of two that exclude each other the last holds
   * @throws IllegalArgumentException with what is wrong and how to mend it, without the expression
   */
  public static RegularExpression of(String regex, String flags) {
    int bits = flags(flags);
    RegularExpressionSyntax.check(regex);
    RegularExpression compiled;
    try {
      compiled = new RegularExpression(Pattern.compile(regex, bits));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(reason(e));
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException(RegularExpressionSyntax.TOO_LARGE);
    }
    if (compiled.size() > MAX_STEPS) {
      throw new IllegalArgumentException(RegularExpressionSyntax.TOO_LARGE);
    }
    return compiled;
  }

  /** True where some part of the text matches. */
  public boolean isIn(String text) {
    return pattern.matcher(text).find();
  }

  /** True where the whole text matches. */
  boolean isAll(String text) {
    return pattern.matches(text);
  }

  /**
   * The text with every match replaced.
   *
   * @param replacement {@code $1} or <code>${name}</code> is the text of a group, a backslash takes
   *     the next character as it is
   */
  String replace(String text, String replacement) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    StringBuilder replaced = new StringBuilder();
    do {
      matcher.appendReplacement(replaced, replacement);
      TextFunctions.checkLength(replaced.length());
    } while (matcher.find());
    return matcher.appendTail(replaced).toString();
  }

  /**
   * A match, or what its group holds where the expression has one.
   *
   * @param position place of the character where to begin, from 1; before it there is nothing
   * @param occurrence which match, from 1
   * @return null where there is none
   */
  @Nullable String extract(String text, int position, int occurrence) {
    if (position < 1 || occurrence < 1) {
      throw new IllegalArgumentException("position and occurrence count from 1");
    }
    if (position > text.length()) {
      return null;
    }
    Matcher matcher = pattern.matcher(text.substring(position - 1));
    for (int i = 0; i < occurrence; i++) {
      if (!matcher.find()) {
        return null;
      }
    }
    return matcher.group(pattern.groupCount());
  }

  /** How many groups it has. */
  int groups() {
    return pattern.groupCount();
  }

  /** How many steps one character may take. */
  public int size() {
    return pattern.programSize();
  }

  private static int flags(String letters) {
    int flags = 0;
    for (int i = 0; i < letters.length(); i++) {
      flags =
          switch (letters.charAt(i)) {
            case 'i' -> flags | Pattern.CASE_INSENSITIVE;
            case 'c' -> flags & ~Pattern.CASE_INSENSITIVE;
            case 'n' -> flags | Pattern.DOTALL;
            case 's' -> flags & ~Pattern.DOTALL;
            case 'm' -> flags | Pattern.MULTILINE;
            default ->
                throw new IllegalArgumentException(
                    "its flags are letters of i, c, n, s and m, not others");
          };
    }
    return flags;
  }

  private static String reason(PatternSyntaxException error) {
    String part = String.valueOf(error.getPattern());
    String reason = error.getDescription();
    if (part.startsWith("\\p{") || part.startsWith("\\P{")) {
      return reason + ": " + part + "; write a script or category, or a class such as [[:alpha:]]";
    }
    if (part.startsWith("\\u")) {
      return reason + ": " + part + "; write \\x{…}";
    }
    if (part.startsWith("\\Z")) {
      return reason + ": " + part + "; write \\z";
    }
    return reason + ": " + part + (needsBacktracking(part) ? LINEAR : "");
  }

  private static boolean needsBacktracking(String part) {
    return part.matches("\\(\\?[=!<>].*|\\\\[1-9k].*|[*+?}]+");
  }
}
