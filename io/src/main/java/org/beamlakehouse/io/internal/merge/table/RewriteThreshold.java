package org.beamlakehouse.io.internal.merge.table;

/** A table's property that says from which share of deleted rows on a file is written anew. */
public final class RewriteThreshold {
  public static final String KEY = "beam-lakehouse.merge.delete-ratio-threshold";

  private RewriteThreshold() {}

  /** Whether a text is a threshold: a share of rows above 0, at most 1. */
  static boolean isShare(String text) {
    try {
      double share = Double.parseDouble(text);
      return share > 0 && share <= 1;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
