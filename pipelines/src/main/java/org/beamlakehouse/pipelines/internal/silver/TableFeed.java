package org.beamlakehouse.pipelines.internal.silver;

import java.util.Optional;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a silver table goes on in its bronze table. One whose contract now names another source or
 * {@code sourceTable} than fed it begins anew: what it has taken in was not what it is to hold.
 *
 * @param sequence sequence number up to which the bronze table was taken in
 * @param change why the table begins anew; null where it goes on
 */
public record TableFeed(long sequence, @Nullable String change) {

  private static final Progress.Position ANYWHERE = new Progress.Position(-1, 0);

  private static final Logger LOG = LoggerFactory.getLogger(TableFeed.class);

  /**
   * How a table that exists is fed.
   *
   * @param now a position in the bronze table as it is now
   */
  static TableFeed of(
      Table target, String bronzeTable, Progress.Position now, TableDefinition definition) {
    Progress progress = Progress.of(target);
    Progress.Position position = progress.position(bronzeTable);
    String wanted = definition.sourceTable();
    if (position == null) {
      return progress.upstreamTables().isEmpty()
          ? new TableFeed(0, null)
          : new TableFeed(
              0,
              "it was fed by "
                  + String.join(", ", progress.upstreamTables())
                  + ", and its contract now says "
                  + bronzeTable);
    }
    if (!position.mayBeOf(wanted)) {
      return new TableFeed(
          0,
          String.format(
              "it was fed by %s of %s, and its contract now says %s",
              position.sourceTable(), bronzeTable, wanted));
    }
    if (!position.mayBeIn(now)) {
      // What the table holds was taken in once and stays.
      LOG.warn(
          "{} was dropped and made anew: {} takes it in from its beginning",
          bronzeTable,
          definition.name());
      return new TableFeed(0, null);
    }
    // Earlier versions recorded no sourceTable: what brought no row may have been misspelt.
    boolean untold =
        position.sourceTable() == null
            && position.sequence() > 0
            && target.currentSnapshot() == null;
    return untold
        ? new TableFeed(
            0, "it has no row, and nothing tells which sourceTable its records were to have")
        : new TableFeed(position.sequence(), null);
  }

  /** What is to be told of a table that begins anew; empty where it does not. */
  public static Optional<String> told(
      Table target, String bronzeTable, TableDefinition definition) {
    String change = of(target, bronzeTable, ANYWHERE, definition).change();
    return change == null
        ? Optional.empty()
        : Optional.of(
            definition.name() + " is made anew from all of " + bronzeTable + ": " + change);
  }

  /** True where a bronze table has what a table has not taken in. */
  public static boolean isBehind(
      Table target, String bronzeTable, Progress.Position available, TableDefinition definition) {
    return of(target, bronzeTable, available, definition).sequence() < available.sequence();
  }
}
