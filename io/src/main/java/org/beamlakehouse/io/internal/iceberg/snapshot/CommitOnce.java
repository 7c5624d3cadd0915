package org.beamlakehouse.io.internal.iceberg.snapshot;

import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes a commit that is recognised as made, whatever the catalog answers. Each has a token of its
 * own in the summary of its snapshot.
 *
 * <p>A catalog may make a commit and yet say that it failed: a REST client, for example, that
 * repeats a request whose answer was lost is told of a conflict with itself. Iceberg then tries
 * again on the new state, and where a validation fails there it removes the manifests of a snapshot
 * that the table has. So the token is looked for before anything else is validated; where it is
 * found, Iceberg is told that the outcome is unknown, which keeps it from removing anything, and
 * the snapshot is what is given here.
 */
public final class CommitOnce {
  /** Key of the token in the snapshot's summary. */
  public static final String TOKEN = "beam-lakehouse.commit";

  private CommitOnce() {}

  /**
   * Commits.
   *
   * @param table as it was loaded for the update; shows the new snapshot afterwards
   * @param guard tells, with each attempt, whether the update may come on top of a history
   * @return the snapshot that was made
   * @throws CommitFailedException where others committed all the time; nothing was committed
   * @throws ValidationException where what others committed does not allow it; nothing was
   *     committed
   * @throws CommitStateUnknownException where it is not known whether the commit was made: no file
   *     of it may be removed. So it is with every other failure that is no {@code CleanableFailure}
   */
  public static Snapshot commit(
      Table table, SnapshotUpdate<?> update, SnapshotAncestryValidator guard) {
    String token = UUID.randomUUID().toString();
    Snapshot current = table.currentSnapshot();
    Long base = current == null ? null : current.snapshotId();
    update.set(TOKEN, token);
    update.validateWith(new Guard(token, base, guard));
    RuntimeException failure = null;
    try {
      update.commit();
    } catch (RuntimeException e) {
      failure = e;
    }
    Snapshot made = refreshed(table, base, token, failure);
    if (made != null) {
      return made;
    }
    if (failure == null) {
      throw new IllegalStateException(
          "Cannot find the snapshot that was just committed to "
              + table.name()
              + ": it was rolled back meanwhile; run again");
    }
    throw failure;
  }

  /** Commits on top of whatever others commit. */
  public static Snapshot commit(Table table, SnapshotUpdate<?> update) {
    return commit(table, update, SnapshotAncestryValidator.NON_VALIDATING);
  }

  private static @Nullable Snapshot refreshed(
      Table table, @Nullable Long base, String token, @Nullable RuntimeException failure) {
    try {
      table.refresh();
    } catch (RuntimeException e) {
      if (failure == null) {
        throw new CommitStateUnknownException(e);
      }
      failure.addSuppressed(e);
      // Whether a commit that is said to have failed really did can no longer be told.
      throw failure instanceof CommitFailedException
          ? new CommitStateUnknownException(failure)
          : failure;
    }
    return find(TableHistory.of(table).known(), base, token);
  }

  private static @Nullable Snapshot find(
      Iterable<Snapshot> newestFirst, @Nullable Long base, String token) {
    for (Snapshot snapshot : newestFirst) {
      if (base != null && snapshot.snapshotId() == base) {
        return null;
      }
      if (token.equals(snapshot.summary().get(TOKEN))) {
        return snapshot;
      }
    }
    return null;
  }

  /** Finds the commit's own snapshot, or else asks the guard of the caller. */
  private record Guard(String token, @Nullable Long base, SnapshotAncestryValidator wanted)
      implements SnapshotAncestryValidator {
    @Override
    public boolean validate(Iterable<Snapshot> ancestry) {
      if (find(ancestry, base, token) != null) {
        throw new CommitStateUnknownException(
            new IllegalStateException("The catalog refuses a commit that it has made"));
      }
      return wanted.validate(ancestry);
    }

    @Override
    public String errorMessage() {
      return wanted.errorMessage();
    }
  }
}
