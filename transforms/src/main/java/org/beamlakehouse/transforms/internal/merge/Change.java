package org.beamlakehouse.transforms.internal.merge;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.BitSet;
import org.beamlakehouse.transforms.change.Sequence;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One change of one key as the merge rules see it: values in column order, no Beam and no storage.
 *
 * @param kind what it does to the row
 * @param sequence its place among the key's changes
 * @param eventTime when it happened in the source (UTC); becomes {@code deleted_at}
 * @param validTime when its values became valid, of the type of {@code valid_from}
 * @param values the carried columns; null for deletes and truncates that bring no values
 * @param unsent columns whose value the source did not send; null or empty where all were sent.
 *     Their entry in {@code values} is meaningless
 */
public record Change(
    Kind kind,
    Sequence sequence,
    Instant eventTime,
    Comparable<?> validTime,
    Object @Nullable [] values,
    @Nullable BitSet unsent) {

  /** What a change does. */
  public enum Kind {
    UPSERT,
    DELETE,
    /** A delete of every key of the table; rules get it among the remembered changes. */
    TRUNCATE,
    /**
     * A delete of what a partition held of the key before it; its sequence is a position only. See
     * {@link Tombstones}.
     */
    TOMBSTONE
  }

  public Change {
    requireNonNull(kind, "kind");
    requireNonNull(sequence, "sequence");
    requireNonNull(eventTime, "eventTime");
    requireNonNull(validTime, "validTime");
    if (kind == Kind.UPSERT) {
      requireNonNull(values, "values of an upsert");
    }
  }

  /** True where the change brings a value for the column. */
  public boolean sends(int column) {
    return values != null && (unsent == null || !unsent.get(column));
  }

  /** True where the change brings a value for every column. */
  public boolean isComplete() {
    return values != null && (unsent == null || unsent.isEmpty());
  }
}
