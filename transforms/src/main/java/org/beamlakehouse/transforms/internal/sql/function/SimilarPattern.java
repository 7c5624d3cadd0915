package org.beamlakehouse.transforms.internal.sql.function;

import java.util.Map;

/**
 * Translates a pattern of {@code SIMILAR TO} to a regular expression. As the standard has it,
 * {@code %} is any text, {@code _} any character, {@code | * + ? { } ( ) [ ]} mean what they mean
 * in regular expressions, and every other character is itself.
 */
public final class SimilarPattern {
  private static final String SPECIAL = "[]()|^-+*_%?{}";

  private static final Map<String, String> CLASSES =
      Map.of(
          "[:ALPHA:]", "[:alpha:]",
          "[:UPPER:]", "[:upper:]",
          "[:LOWER:]", "[:lower:]",
          "[:DIGIT:]", "[:digit:]",
          "[:ALNUM:]", "[:alnum:]",
          "[:SPACE:]", " ",
          "[:WHITESPACE:]", "\\s");

  private final int[] pattern;
  private final int escape;
  private final StringBuilder regex = new StringBuilder();
  private int at;

  private SimilarPattern(String pattern, String escape) {
    this.pattern = pattern.codePoints().toArray();
    this.escape = Escapes.of(escape);
  }

  /**
   * The regular expression that a whole text must match.
   *
   * @param escape the character that takes the next one as it is; empty where there is none
   * @throws IllegalArgumentException with what is wrong
   */
  public static RegularExpression of(String pattern, String escape) {
    return RegularExpression.of(new SimilarPattern(pattern, escape).translate());
  }

  private String translate() {
    while (at < pattern.length) {
      int point = pattern[at];
      if (point == escape) {
        literal(escaped());
      } else if (point == '_') {
        regex.append("(?s:.)");
      } else if (point == '%') {
        regex.append("(?s:.*)");
      } else if (point == '[') {
        enumeration();
      } else if (point == ']') {
        throw new IllegalArgumentException("] closes nothing");
      } else if ("()|*+?{}".indexOf(point) >= 0) {
        regex.appendCodePoint(point);
      } else {
        literal(point);
      }
      at++;
    }
    return regex.toString();
  }

  private int escaped() {
    at++;
    if (at == pattern.length || (SPECIAL.indexOf(pattern[at]) < 0 && pattern[at] != escape)) {
      throw new IllegalArgumentException(
          "the escape character stands before no special character and not before itself");
    }
    return pattern[at];
  }

  /** Characters in brackets: ranges, {@code ^} at the beginning, classes with names. */
  private void enumeration() {
    regex.append('[');
    boolean first = true;
    for (at++; at < pattern.length && pattern[at] != ']'; at++) {
      int point = pattern[at];
      if (point == escape) {
        literal(escaped());
      } else if (point == '-' || (point == '^' && first)) {
        regex.appendCodePoint(point);
      } else if (point == '[') {
        namedClass();
      } else {
        literal(point);
      }
      first = false;
    }
    if (at == pattern.length) {
      throw new IllegalArgumentException("[ is not closed");
    }
    regex.append(']');
  }

  private void namedClass() {
    String rest = new String(pattern, at, pattern.length - at);
    int end = rest.indexOf(":]");
    String name = end < 0 ? "" : rest.substring(0, end + 2);
    String known = CLASSES.get(name.toUpperCase(java.util.Locale.ROOT));
    if (known == null) {
      throw new IllegalArgumentException("[ within brackets begins none of " + CLASSES.keySet());
    }
    regex.append(known);
    at += name.codePointCount(0, name.length()) - 1;
  }

  private void literal(int point) {
    if (point < 128 && !Character.isLetterOrDigit(point)) {
      regex.append('\\');
    }
    regex.appendCodePoint(point);
  }
}
