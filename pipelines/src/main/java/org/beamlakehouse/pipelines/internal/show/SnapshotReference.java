package org.beamlakehouse.pipelines.internal.show;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQuery;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Finds the snapshot that a person means by an id, an ISO time or the name of a tag or branch. */
public final class SnapshotReference {
  private static final TemporalQuery<?>[] TIMES = {
    (TemporalQuery<OffsetDateTime>) OffsetDateTime::from,
    (TemporalQuery<LocalDateTime>) LocalDateTime::from,
  };

  private SnapshotReference() {}

  /**
   * The snapshot of a reference.
   *
   * @param reference null for the current snapshot; times without an offset are UTC, a date is its
   *     first instant
   * @return null where the table had no snapshot then
   * @throws IllegalArgumentException where the table has no such snapshot
   */
  public static @Nullable Snapshot resolve(Table table, @Nullable String reference) {
    if (reference == null) {
      return table.currentSnapshot();
    }
    SnapshotRef named = table.refs().get(reference);
    if (named != null) {
      return table.snapshot(named.snapshotId());
    }
    Instant time = time(reference);
    if (time != null) {
      Long id = SnapshotUtil.nullableSnapshotIdAsOfTime(table, time.toEpochMilli());
      return id == null ? null : table.snapshot(id);
    }
    Snapshot snapshot = null;
    try {
      snapshot = table.snapshot(Long.parseLong(reference));
    } catch (NumberFormatException e) {
      // Not an id either: the message below says what would be one.
    }
    if (snapshot == null) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot find snapshot %s of %s: give an id that `lakehouse history` lists, an ISO time"
                  + " such as 2026-01-31T12:00:00Z, or a tag",
              reference, table.name()));
    }
    return snapshot;
  }

  private static @Nullable Instant time(String text) {
    if (text.length() < 10 || text.charAt(4) != '-') {
      return null;
    }
    try {
      if (text.length() == 10) {
        return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
      }
      TemporalAccessor parsed = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, TIMES);
      return parsed instanceof OffsetDateTime offset
          ? offset.toInstant()
          : ((LocalDateTime) parsed).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
