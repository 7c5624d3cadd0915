package org.beamlakehouse.transforms.internal.cdc.source;

import java.time.Instant;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where a change comes from, as its record tells: its table, its place in the log, its times. */
public interface ChangeMetadata {

  /** The database; null where the record names none. */
  @Nullable String database();

  /** The schema in the database; null where the record names none. */
  @Nullable String schema();

  /** The table; null where the record names none. */
  @Nullable String table();

  /** The order so far, to be completed by the record's position; null where there is none. */
  Sequence.@Nullable Builder order();

  /** Tells what the record says of its log. */
  void tell(LogReading log);

  /** The number of the log that the record belongs to; 0 where nobody told of several. */
  long logNumber();

  /** Takes the number of the log that the record belongs to. */
  void belongsTo(long number);

  /** Time of the change in the source; null where the record has none. */
  @Nullable Instant sourceTime();

  /** Time at which the connector handled the change; null where the record has none. */
  @Nullable Instant handledTime();
}
