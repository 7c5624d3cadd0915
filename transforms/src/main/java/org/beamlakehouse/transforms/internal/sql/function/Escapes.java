package org.beamlakehouse.transforms.internal.sql.function;

/** The character behind {@code ESCAPE}. */
final class Escapes {
  private Escapes() {}

  /** Its code point; one that no text has where there is none. */
  static int of(String escape) {
    if (escape.isEmpty()) {
      return Integer.MIN_VALUE;
    }
    if (escape.codePointCount(0, escape.length()) != 1) {
      throw new IllegalArgumentException("the text behind ESCAPE must be one character");
    }
    return escape.codePointAt(0);
  }
}
