package org.beamlakehouse.transforms.internal.merge;

import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;

/** The merge rule of a table. */
public final class MergeRules {

  private MergeRules() {}

  /**
   * The rule that keeps a table's rows: {@link LatestByKey}, {@link VersionHistory} or {@link
   * FirstByKey}, as its storage type says.
   *
   * @throws IllegalArgumentException where the type of the valid time has no order
   */
  public static MergeRule of(TableDefinition table) {
    return switch (table.storage()) {
      case LATEST -> new LatestByKey(table, zero(table));
      case HISTORY -> new VersionHistory(table);
      case EVENTS -> new FirstByKey(table);
    };
  }

  /** A value of the type of the valid time, for changes of which it is not known. */
  private static Comparable<?> zero(TableDefinition table) {
    ColumnType type = table.validTimeType();
    if (!type.isOrdered()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot merge %s: its changes are ordered by a value of type %s, which has no order;"
                  + " name another column in sequenceBy",
              table.name(), type));
    }
    return type.zero();
  }
}
