package org.beamlakehouse.io.internal.merge.commit;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.merge.OtherWriter;
import org.beamlakehouse.io.merge.TestTables;
import org.beamlakehouse.transforms.internal.merge.Change;

/**
 * Commits of others at random steps of a merge's commit: merges of other changes, compactions, and
 * deletes of rows that the merge may want to change.
 */
public final class RandomCommits implements CommitStep.Observer {
  /** Others come this often in a batch at most, or none would ever commit. */
  private static final int MOST = 3;

  private final TestTables table;
  private final Random random;
  private final Supplier<List<Change>> changes;
  private final Set<Long> deletable;
  private final Set<Long> deleted = new HashSet<>();
  private int left;

  /**
   * @param changes of another merge
   * @param deletable ids of rows that others may delete
   */
  public RandomCommits(
      TestTables table, Random random, Supplier<List<Change>> changes, Set<Long> deletable) {
    this.table = table;
    this.random = random;
    this.changes = changes;
    this.deletable = deletable;
  }

  /** Merges changes while others commit. */
  public void mergeAmongOthers(List<Change> mine) {
    left = MOST;
    List<ShardResult> results = table.prepare(mine);
    maybeCommit();
    table.commit(results, this);
  }

  @Override
  public void reached(CommitStep step) {
    maybeCommit();
  }

  /** Ids of rows that may be missing, because others have deleted what was there at the time. */
  public Set<Long> deleted() {
    return deleted;
  }

  private void maybeCommit() {
    if (left == 0 || random.nextInt(3) > 0) {
      return;
    }
    left--;
    switch (random.nextInt(4)) {
      case 0 -> new OtherWriter(table.table()).compact();
      case 1 -> {
        deleted.addAll(deletable);
        new OtherWriter(table.table()).delete(row -> deletable.contains((Long) row.getField("id")));
      }
      default -> table.mergeUntracked(changes.get().toArray(new Change[0]));
    }
  }
}
