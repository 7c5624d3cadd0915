package org.beamlakehouse.transforms.table;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Finds what somebody who misspelt a name may have meant. */
public final class Names {
  private Names() {}

  /**
   * The known name that takes the fewest edits to make of a name, the case of letters aside; null
   * where none takes so few that it may have been meant: one edit per three letters.
   */
  public static @Nullable String nearest(String name, Collection<String> known) {
    return known.stream()
        .filter(other -> distance(name, other) <= Math.max(1, name.length() / 3))
        .min(Comparator.<String>comparingInt(other -> distance(name, other)).thenComparing(n -> n))
        .orElse(null);
  }

  /** Letters put in, left out, replaced or swapped with the next. */
  private static int distance(String left, String right) {
    String from = left.toLowerCase(Locale.ROOT);
    String to = right.toLowerCase(Locale.ROOT);
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replaced = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        edits[i][j] =
            Math.min(
                edits[i - 1][j - 1] + replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[from.length()][to.length()];
  }
}
