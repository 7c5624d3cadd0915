package org.beamlakehouse.transforms.internal.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * The ending of an error text: {@code ; did you mean 'x'?} where a name is near enough, else what
   * there is to choose from, else nothing.
   */
  public static String hint(String name, Collection<String> candidates) {
    Optional<String> nearest = to(name, candidates);
    if (nearest.isPresent()) {
      return "; did you mean '" + nearest.get() + "'?";
    }
    return candidates.isEmpty() || candidates.size() > 13
        ? ""
        : "; use one of " + String.join(", ", candidates);
  }

  /**
   * The candidate nearest to a name, if it is within a third of the name's length in edits (insert,
   * delete, replace, swap of neighbours), ignoring case.
   */
  public static Optional<String> to(String name, Collection<String> candidates) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int best = Math.max(1, name.length() / 3) + 1;
    String nearest = null;
    for (String candidate : candidates) {
      int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** Optimal string alignment distance. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
