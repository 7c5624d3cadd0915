package org.beamlakehouse.io.internal.merge.table;

import java.util.function.Function;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How a table is split among workers. A data file has at most one deletion vector, so two workers
 * must never delete from the same file: a shard owns whole files.
 *
 * <p>Where the table is partitioned by buckets of its first key column, whatever else it is
 * partitioned by, and all of its live files are by the same number of them, a shard is a bucket. A
 * row may move to any partition of its bucket. Any other table is one shard.
 */
public final class Sharding {
  private final int count;
  private final boolean onePartition;
  private final String keyColumn;
  private final Type keyType;
  private final @Nullable Function<Object, Integer> bucket;

  private Sharding(
      int count,
      boolean onePartition,
      Types.NestedField key,
      @Nullable Function<Object, Integer> bucket) {
    this.count = count;
    this.onePartition = onePartition;
    this.keyColumn = key.name();
    this.keyType = key.type();
    this.bucket = bucket;
  }

  /** The split of a table as it is now. */
  public static Sharding of(Table table, TableDefinition definition) {
    Types.NestedField key = table.schema().findField(definition.keyColumns().get(0));
    Integer buckets = Partitioning.buckets(table.spec(), key);
    return buckets == null || hasOtherFiles(table, key, buckets)
        ? whole(table, definition)
        : new Sharding(
            buckets,
            Partitioning.isOneField(table.spec()),
            key,
            Transforms.bucket(buckets).bind(key.type())::apply);
  }

  /** A table as one shard, which any table can be. */
  static Sharding whole(Table table, TableDefinition definition) {
    Types.NestedField key = table.schema().findField(definition.keyColumns().get(0));
    return new Sharding(1, false, key, null);
  }

  /** True where live files are of a spec without the buckets. */
  private static boolean hasOtherFiles(Table table, Types.NestedField key, Integer buckets) {
    Snapshot snapshot = table.currentSnapshot();
    if (table.specs().size() == 1 || snapshot == null) {
      return false;
    }
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      PartitionSpec spec = table.specs().get(manifest.partitionSpecId());
      if (!buckets.equals(Partitioning.buckets(spec, key))
          && (manifest.hasAddedFiles() || manifest.hasExistingFiles())) {
        return true;
      }
    }
    return false;
  }

  public int count() {
    return count;
  }

  /** True where all new rows of a shard go to the same partition. */
  public boolean isOnePartition() {
    return onePartition;
  }

  /** The shard of a key, by its first column's value. */
  public int shardOf(Object firstKeyValue) {
    return bucket == null ? 0 : bucket.apply(InternalValues.of(keyType, firstKeyValue));
  }

  /** The rows that belong to a shard, by their partition. */
  public Expression filter(int shard) {
    return bucket == null
        ? Expressions.alwaysTrue()
        : Expressions.equal(Expressions.bucket(keyColumn, count), shard);
  }
}
