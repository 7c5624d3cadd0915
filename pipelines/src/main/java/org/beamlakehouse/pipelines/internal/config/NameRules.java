package org.beamlakehouse.pipelines.internal.config;

import java.util.List;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Which names tables and columns may have, so that every engine reads them without quotes. */
public final class NameRules {
  private static final Pattern SIMPLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern TABLE = Pattern.compile(SIMPLE + "(\\." + SIMPLE + ")+");
  private static final List<String> COMPANIONS =
      List.of("__quarantine", "__ledger", "__dead_letter");

  private NameRules() {}

  /** True for letters, digits and underscores, not beginning with a digit. */
  public static boolean isSimple(String name) {
    return SIMPLE.matcher(name).matches();
  }

  /**
   * Why a name cannot be that of a user's table, or null where it can: it needs a namespace, and
   * must not be one of those that are kept for the tables of the house itself. The text goes on
   * where the name ends, so that callers choose how to show the name.
   */
  public static @Nullable String tableProblem(String name) {
    if (!TABLE.matcher(name).matches()) {
      return "is not the name of a table; use namespace.table with letters, digits and _";
    }
    for (String suffix : COMPANIONS) {
      if (name.endsWith(suffix)) {
        return "is not allowed: names ending in " + suffix + " are reserved";
      }
    }
    return name.startsWith("ops.") ? "is not allowed: the namespace ops is reserved" : null;
  }
}
