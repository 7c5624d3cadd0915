package org.beamlakehouse.transforms.internal.sql.function;

import org.apache.calcite.linq4j.function.Strict;

/**
 * Functions of text whose result a record could make as large as it likes, for code that
 * expressions are compiled to; not for other use. It is public only because the generated classes
 * live in no package.
 */
public final class TextFunctions {
  /** Characters of the longest text that a function makes of a shorter one. */
  static final int MAX_LENGTH = 1 << 26;

  private TextFunctions() {}

  /** The second argument of {@code REPEAT}, where the result is not too long. */
  @Strict
  public static int times(String text, int times) {
    checkLength((long) text.length() * Math.max(0, times));
    return times;
  }

  /** The length that a text is padded to, where that is not too much. */
  @Strict
  public static int padded(int length) {
    checkLength(length);
    return length;
  }

  /** {@code REPLACE}: every occurrence; the text as it is where what is searched is empty. */
  @Strict
  public static String replace(String text, String search, String replacement) {
    if (search.isEmpty()) {
      return text;
    }
    if (replacement.length() > search.length()) {
      long longest = text.length() / search.length() * (long) replacement.length();
      if (longest > MAX_LENGTH) {
        long found = 0;
        for (int i = text.indexOf(search); i >= 0; i = text.indexOf(search, i + search.length())) {
          found++;
        }
        checkLength(text.length() + found * (replacement.length() - search.length()));
      }
    }
    return text.replace(search, replacement);
  }

  /**
   * {@code SPLIT_PART}: a part of a text between delimiters, counted from 1, or from the end where
   * it is below 0; empty where there is none.
   */
  @Strict
  public static String splitPart(String text, String delimiter, int part) {
    if (delimiter.isEmpty() || part == 0) {
      return "";
    }
    int start = part > 0 ? 0 : text.length();
    for (int i = 1; i < Math.abs((long) part); i++) {
      int at =
          part > 0
              ? text.indexOf(delimiter, start)
              : text.lastIndexOf(delimiter, start - delimiter.length());
      if (at < 0 || (part < 0 && start < delimiter.length())) {
        return "";
      }
      start = part > 0 ? at + delimiter.length() : at;
    }
    if (part > 0) {
      int end = text.indexOf(delimiter, start);
      return text.substring(start, end < 0 ? text.length() : end);
    }
    int before =
        start < delimiter.length() ? -1 : text.lastIndexOf(delimiter, start - delimiter.length());
    return text.substring(before < 0 ? 0 : before + delimiter.length(), start);
  }

  static void checkLength(long length) {
    if (length > MAX_LENGTH) {
      throw new ArithmeticException("a text is longer than " + MAX_LENGTH + " characters");
    }
  }
}
