package org.beamlakehouse.transforms.internal.sql.function;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.calcite.linq4j.function.Strict;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Matching of patterns, for code that expressions are compiled to; not for other use. It is public
 * only because the generated classes live in no package.
 *
 * <p>A pattern that the expression itself holds is compiled with it and is an input of the code;
 * one that comes from a field is compiled by {@code …Of} here, and kept for the rows that follow.
 */
public final class PatternFunctions {
  /** What is said of a pattern that is a value of the row. */
  public static final String NOT_A_PATTERN = "a text is not a pattern";

  private static final int KEPT = 100;

  private static final Map<Key, Object> PATTERNS =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Object> eldest) {
          return size() > KEPT;
        }
      };

  private record Key(Class<?> kind, String pattern, String option) {}

  /** Tells the patterns of {@code ILIKE} from those of {@code LIKE}. */
  private interface IgnoringCase {}

  private PatternFunctions() {}

  /** The regular expression of a text; flags as {@code REGEXP_LIKE} has them. */
  @Strict
  public static Object regexOf(String regex, String flags) {
    return kept(
        new Key(RegularExpression.class, regex, flags), () -> RegularExpression.of(regex, flags));
  }

  /** The pattern of a text for {@code SIMILAR TO}. */
  @Strict
  public static Object similarOf(String pattern, String escape) {
    return kept(
        new Key(SimilarPattern.class, pattern, escape), () -> SimilarPattern.of(pattern, escape));
  }

  /** The pattern of a text for {@code LIKE}. */
  @Strict
  public static Object likeOf(String pattern, String escape) {
    return kept(
        new Key(LikePattern.class, pattern, escape), () -> LikePattern.of(pattern, escape, false));
  }

  /** The pattern of a text for {@code ILIKE}. */
  @Strict
  public static Object ilikeOf(String pattern, String escape) {
    return kept(
        new Key(IgnoringCase.class, pattern, escape), () -> LikePattern.of(pattern, escape, true));
  }

  /** True where some part of the text matches a regular expression. */
  @Strict
  public static boolean isFound(String text, Object regex) {
    return ((RegularExpression) regex).isIn(text);
  }

  /** True where the whole text matches a regular expression. */
  @Strict
  public static boolean isSimilar(String text, Object regex) {
    return ((RegularExpression) regex).isAll(text);
  }

  /** True where the whole text matches a pattern of {@code LIKE}. */
  @Strict
  public static boolean isLike(String text, Object pattern) {
    return ((LikePattern) pattern).matches(text);
  }

  /** The text with every match of a regular expression replaced. */
  @Strict
  public static String replaceFound(String text, Object regex, String replacement) {
    return ((RegularExpression) regex).replace(text, replacement);
  }

  /** A match of a regular expression, null where there is none. */
  @Strict
  public static @Nullable String extractFound(
      String text, Object regex, int position, int occurrence) {
    return ((RegularExpression) regex).extract(text, position, occurrence);
  }

  private static Object kept(Key key, Supplier<Object> compiler) {
    synchronized (PATTERNS) {
      Object pattern = PATTERNS.get(key);
      if (pattern != null) {
        return pattern;
      }
    }
    // Not under the lock: others match on meanwhile.
    Object compiled;
    try {
      compiled = compiler.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(NOT_A_PATTERN);
    }
    synchronized (PATTERNS) {
      PATTERNS.put(key, compiled);
    }
    return compiled;
  }
}
