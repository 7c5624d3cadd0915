package org.beamlakehouse.io.merge;

import java.util.function.Function;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.InternalValues;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How a table is split among workers. A data file has at most one deletion vector, so two workers
 * must never delete from the same file: a shard owns whole files.
 *
 * <p>Where the table is partitioned by nothing but buckets of its first key column, and all of its
 * live files are, a shard is a bucket. Any other table is one shard.
 */
final class Sharding {
  private final int count;
  private final String keyColumn;
  private final Type keyType;
  private final @Nullable Function<Object, Integer> bucket;

  private Sharding(int count, Types.NestedField key, @Nullable Function<Object, Integer> bucket) {
    this.count = count;
    this.keyColumn = key.name();
    this.keyType = key.type();
    this.bucket = bucket;
  }

  /** The split of a table as it is now. */
  static Sharding of(Table table, TableDefinition definition) {
    Types.NestedField field = table.schema().findField(definition.keyColumns().get(0));
    Integer buckets = Partitioning.buckets(table.spec(), field);
    return buckets == null || hasFilesOfOtherSpecs(table)
        ? new Sharding(1, field, null)
        : new Sharding(buckets, field, Transforms.bucket(buckets).bind(field.type())::apply);
  }

  private static boolean hasFilesOfOtherSpecs(Table table) {
    Snapshot snapshot = table.currentSnapshot();
    if (table.specs().size() == 1 || snapshot == null) {
      return false;
    }
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      if (manifest.partitionSpecId() != table.spec().specId()
          && (manifest.hasAddedFiles() || manifest.hasExistingFiles())) {
        return true;
      }
    }
    return false;
  }

  int count() {
    return count;
  }

  /** The shard of a key, by its first column's value. */
  int shardOf(Object firstKeyValue) {
    return bucket == null ? 0 : bucket.apply(InternalValues.of(keyType, firstKeyValue));
  }

  /** The rows that belong to a shard, by their partition. */
  Expression filter(int shard) {
    return bucket == null
        ? Expressions.alwaysTrue()
        : Expressions.equal(Expressions.bucket(keyColumn, count), shard);
  }
}
