package org.beamlakehouse.transforms.internal.sql.function;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Looks at a regular expression before it is compiled, for what the compiler does not refuse: what
 * Java's regular expressions mean otherwise, and what would take too much memory.
 */
final class RegularExpressionSyntax {
  static final String TOO_LARGE =
      "it is too large, with its repetitions written out; write smaller ones";

  /** Steps of the compiled expression; each character of a text may take as many. */
  private static final int MAX_SIZE = 10_000;

  private static final int MAX_DEPTH = 250;

  private final String regex;
  private final Deque<Long> sizesAround = new ArrayDeque<>();
  private final Deque<Long> lastsAround = new ArrayDeque<>();
  private int at;
  private long size;
  private long last;

  private RegularExpressionSyntax(String regex) {
    this.regex = regex;
  }

  /** Throws an IllegalArgumentException with the reason and the mend where it is refused. */
  static void check(String regex) {
    new RegularExpressionSyntax(regex).check();
  }

  private void check() {
    while (at < regex.length()) {
      switch (regex.charAt(at)) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> open();
        case ')' -> close();
        case '{' -> repeat();
        default -> {
          at++;
          item(1);
        }
      }
      if (size > MAX_SIZE) {
        throw new IllegalArgumentException(TOO_LARGE);
      }
    }
  }

  private void item(long itemSize) {
    last = itemSize;
    size += itemSize;
  }

  private void escape() {
    if (regex.startsWith("\\Q", at)) {
      int end = regex.indexOf("\\E", at);
      int length = (end < 0 ? regex.length() : end) - at - 2;
      at = end < 0 ? regex.length() : end + 2;
      if (length > 0) {
        item(length);
      }
      return;
    }
    at = escapeEnd(at);
    item(1);
  }

  /** Where what begins with a backslash ends: one more character, or up to a brace. */
  private int escapeEnd(int start) {
    boolean braces =
        start + 2 < regex.length()
            && "pPx".indexOf(regex.charAt(start + 1)) >= 0
            && regex.charAt(start + 2) == '{';
    int end = braces ? regex.indexOf('}', start) : start + 1;
    return end < 0 ? regex.length() : end + 1;
  }

  private void characterClass() {
    int i = at + 1;
    i += i < regex.length() && regex.charAt(i) == '^' ? 1 : 0;
    i += i < regex.length() && regex.charAt(i) == ']' ? 1 : 0;
    while (i < regex.length() && regex.charAt(i) != ']') {
      char c = regex.charAt(i);
      if (c == '\\') {
        i = escapeEnd(i);
      } else if (c == '[') {
        int end = regex.startsWith("[:", i) ? regex.indexOf(":]", i) : -1;
        if (end < 0) {
          throw new IllegalArgumentException(
              "a class within a class is not known; write one class, or \\[ for the character");
        }
        i = end + 2;
      } else if (regex.startsWith("&&", i)) {
        throw new IllegalArgumentException(
            "&& within a class is not known; write the characters that are left");
      } else {
        i++;
      }
    }
    at = i + 1;
    item(1);
  }

  private void open() {
    int flagsEnd = flagsEnd();
    if (flagsEnd > 0) {
      // What follows repeats what stands before them.
      at = flagsEnd;
      return;
    }
    sizesAround.push(size);
    lastsAround.push(last);
    if (sizesAround.size() > MAX_DEPTH) {
      throw new IllegalArgumentException("its groups are nested too deeply");
    }
    size = 2;
    last = 0;
    at += regex.startsWith("(?", at) ? 2 : 1;
  }

  /** Where flags that stand alone end, such as {@code (?i)}; 0 where there are none. */
  private int flagsEnd() {
    if (!regex.startsWith("(?", at)) {
      return 0;
    }
    int end = at + 2;
    while (end < regex.length() && "imsU-".indexOf(regex.charAt(end)) >= 0) {
      end++;
    }
    return end < regex.length() && regex.charAt(end) == ')' ? end + 1 : 0;
  }

  private void close() {
    at++;
    if (!sizesAround.isEmpty()) {
      long group = size;
      size = sizesAround.pop();
      last = lastsAround.pop();
      item(group);
    }
  }

  private void repeat() {
    int end = regex.indexOf('}', at);
    String[] counts = end < 0 ? new String[0] : regex.substring(at + 1, end).split(",", -1);
    if (counts.length < 1
        || counts.length > 2
        || !isCount(counts[0])
        || (counts.length == 2 && !counts[1].isEmpty() && !isCount(counts[1]))) {
      throw new IllegalArgumentException(
          "{ begins no repetition; write {2}, {2,} or {2,5}, or \\{");
    }
    long count = Integer.parseInt(counts[0]);
    if (counts.length == 2) {
      count = counts[1].isEmpty() ? count + 1 : Math.max(count, Integer.parseInt(counts[1]));
    }
    if (count > 1000) {
      throw new IllegalArgumentException("a repetition of more than 1000 times is not known");
    }
    size += last * (Math.max(1, count) - 1);
    last *= Math.max(1, count);
    at = end + 1;
  }

  private static boolean isCount(String text) {
    return !text.isEmpty()
        && text.length() <= 5
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
