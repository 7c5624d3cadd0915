package org.beamlakehouse.io.internal.merge.commit;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.merge.table.Partitioning;
import org.beamlakehouse.io.merge.plan.Shard;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The shards of a table in which commits added or removed files: what was merged into any other
 * shard before those commits still holds after them.
 */
final class TouchedShards {
  private final boolean all;
  private final Set<Bucket> some;

  /** Bucket {@code index} of {@code count}, as a partition's value. */
  private record Bucket(int index, int count) {}

  private TouchedShards(boolean all, Set<Bucket> some) {
    this.all = all;
    this.some = some;
  }

  /**
   * What was touched from one snapshot of a table up to another.
   *
   * @param table a target or a ledger; null for a ledger that is not there
   * @param keyColumn the first key column, of which shards are buckets
   * @param from snapshot after which commits count; null for the beginning
   * @param to the later snapshot; null for a table without one
   * @param without locations of files that do not count
   */
  static TouchedShards between(
      @Nullable Table table,
      String keyColumn,
      @Nullable Long from,
      @Nullable Long to,
      Set<String> without) {
    Set<Bucket> some = new HashSet<>();
    if (Objects.equals(from, to)) {
      return new TouchedShards(false, some);
    }
    if (table == null || to == null) {
      return new TouchedShards(true, some);
    }
    boolean complete = false;
    for (Snapshot snapshot : TableHistory.of(table, to).known()) {
      if (from != null && snapshot.snapshotId() == from) {
        return new TouchedShards(false, some);
      }
      if (!addBucketsOf(snapshot, table, keyColumn, some, without)) {
        return new TouchedShards(true, some);
      }
      complete = from == null && snapshot.parentId() == null;
    }
    // Else rolled back to before the snapshot, or it or some that came after it have expired.
    return new TouchedShards(!complete, some);
  }

  /** Adds the buckets of a snapshot's files; false where a file may hold any key. */
  private static boolean addBucketsOf(
      Snapshot snapshot, Table table, String keyColumn, Set<Bucket> some, Set<String> without) {
    SnapshotChanges changes = SnapshotChanges.builderFor(table).snapshot(snapshot).build();
    List<Iterable<? extends ContentFile<?>>> files =
        List.of(
            changes.addedDataFiles(),
            changes.removedDataFiles(),
            changes.addedDeleteFiles(),
            changes.removedDeleteFiles());
    for (Iterable<? extends ContentFile<?>> ofOneKind : files) {
      for (ContentFile<?> file : ofOneKind) {
        if (without.contains(file.location())) {
          continue;
        }
        Bucket bucket = bucketOf(table, file, keyColumn);
        if (bucket == null) {
          return false;
        }
        some.add(bucket);
      }
    }
    return true;
  }

  private static @Nullable Bucket bucketOf(Table table, ContentFile<?> file, String keyColumn) {
    PartitionSpec spec = table.specs().get(file.specId());
    int field = Partitioning.bucketField(spec, table.schema().findField(keyColumn));
    Integer index = field < 0 ? null : file.partition().get(field, Integer.class);
    return index == null ? null : new Bucket(index, Partitioning.bucketCount(spec, field));
  }

  /** True where the shard may hold a row that was touched. */
  boolean contains(Shard shard) {
    return all
        || some.stream().anyMatch(b -> b.count() != shard.count() || b.index() == shard.index());
  }
}
