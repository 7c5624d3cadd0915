package org.beamlakehouse.io.internal.merge.commit;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.transforms.table.FailWhen;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Whether a batch may be published, by what the stages before had to say of it and by the table's
 * {@link FailWhen}.
 *
 * @param halt why not, where the batch itself is at fault; null where it is not
 * @param failure why not, where it is not all there; null where it is
 */
record BatchVerdict(@Nullable String halt, @Nullable String failure) {

  static BatchVerdict of(TableDefinition definition, List<CommitNote> notes) {
    String halt = joined(notes, CommitNote::halt);
    return new BatchVerdict(
        halt == null ? asAWhole(definition, notes) : halt, joined(notes, CommitNote::failure));
  }

  /** This verdict with one more reason to halt, if there is one. */
  BatchVerdict and(@Nullable String reason) {
    return reason == null
        ? this
        : new BatchVerdict(halt == null ? reason : reason + "; " + halt, failure);
  }

  private static @Nullable String joined(
      List<CommitNote> notes, Function<CommitNote, @Nullable String> text) {
    String all =
        notes.stream()
            .map(text)
            .filter(Objects::nonNull)
            .distinct()
            .sorted()
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? null : all;
  }

  private static @Nullable String asAWhole(TableDefinition definition, List<CommitNote> notes) {
    long records = sum(notes, CommittedSnapshot.ROWS_READ);
    long quarantined = sum(notes, CommittedSnapshot.ROWS_QUARANTINED);
    return definition.failWhen().isMetBy(records, quarantined)
        ? String.format(
            "Cannot publish %s: %d of the batch's %d records are quarantined, which its failWhen"
                + " does not allow; look at them in %s, mend the source or the contract and run"
                + " again, or pass over the batch with --discard %s",
            definition.name(), quarantined, records, definition.quarantineName(), definition.name())
        : null;
  }

  private static long sum(List<CommitNote> notes, String count) {
    return notes.stream().mapToLong(note -> note.counts().getOrDefault(count, 0L)).sum();
  }
}
