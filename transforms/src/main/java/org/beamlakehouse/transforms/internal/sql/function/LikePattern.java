package org.beamlakehouse.transforms.internal.sql.function;

/**
 * A pattern of {@code LIKE}: {@code %} is any text, {@code _} any one character, line breaks
 * included. Takes no more time than text times pattern, and no recursion; as a regular expression
 * it would cost a multiple of that.
 */
public final class LikePattern {
  private static final int ANY = -1;
  private static final int ONE = -2;
  private static final int MAX_PARTS = 10_000;

  /** Code points, {@link #ANY} and {@link #ONE}. */
  private final int[] parts;

  private final boolean ignoreCase;

  private LikePattern(int[] parts, boolean ignoreCase) {
    this.parts = parts;
    this.ignoreCase = ignoreCase;
  }

  /**
   * Compiles a pattern.
   *
   * @param escape the character that takes the next one as it is; empty where there is none
   * @throws IllegalArgumentException where it is followed by none of {@code %}, {@code _} and
   *     itself
   */
  public static LikePattern of(String pattern, String escape, boolean ignoreCase) {
    int[] points = pattern.codePoints().toArray();
    int escapePoint = Escapes.of(escape);
    int[] parts = new int[points.length];
    int count = 0;
    for (int i = 0; i < points.length; i++) {
      int point = points[i];
      if (point == escapePoint) {
        i++;
        if (i == points.length
            || (points[i] != '%' && points[i] != '_' && points[i] != escapePoint)) {
          throw new IllegalArgumentException(
              "the escape character stands before none of %, _ and itself");
        }
        parts[count++] = fold(points[i], ignoreCase);
      } else if (point == '%') {
        if (count == 0 || parts[count - 1] != ANY) {
          parts[count++] = ANY;
        }
      } else {
        parts[count++] = point == '_' ? ONE : fold(point, ignoreCase);
      }
    }
    if (count > MAX_PARTS) {
      throw new IllegalArgumentException(
          "its pattern is too long; it may have " + MAX_PARTS + " characters");
    }
    return new LikePattern(java.util.Arrays.copyOf(parts, count), ignoreCase);
  }

  /** True where the whole text matches. */
  public boolean matches(String text) {
    int part = 0;
    int i = 0;
    // Where to go on when what follows the last % does not match: one character further.
    int afterAny = -1;
    int retry = -1;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      if (part < parts.length && parts[part] == ANY) {
        part++;
        afterAny = part;
        retry = i;
      } else if (part < parts.length
          && (parts[part] == ONE || parts[part] == fold(point, ignoreCase))) {
        part++;
        i += Character.charCount(point);
      } else if (afterAny >= 0) {
        retry += Character.charCount(text.codePointAt(retry));
        i = retry;
        part = afterAny;
      } else {
        return false;
      }
    }
    while (part < parts.length && parts[part] == ANY) {
      part++;
    }
    return part == parts.length;
  }

  /** Letters beyond ASCII are told apart by case, as they always were here. */
  private static int fold(int point, boolean ignoreCase) {
    return ignoreCase && point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
  }
}
