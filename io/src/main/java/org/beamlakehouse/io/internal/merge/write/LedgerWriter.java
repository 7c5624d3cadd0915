package org.beamlakehouse.io.internal.merge.write;

import java.io.Closeable;
import java.util.List;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.internal.merge.table.LedgerShape;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Writes what a merge has to remember, change by change, to files of the ledger. */
public final class LedgerWriter implements Closeable {
  private final Table ledger;
  private final LedgerShape shape;
  private final PartitionKey partition;
  private final PartitionWriters writers;

  public LedgerWriter(TableDefinition definition, Table ledger, ShardWriter writer) {
    this.ledger = ledger;
    this.shape = new LedgerShape(definition, ledger.schema());
    this.partition = new PartitionKey(ledger.spec(), ledger.schema());
    this.writers = writer.partitions(ledger, ledger.schema());
  }

  /** Writes a change of a key, or a truncate, which has none. */
  public void add(Object @Nullable [] key, Change change) {
    StructLike row = shape.toRow(key, change);
    partition.partition(row);
    writers.of(ledger.spec(), partition).write(row);
  }

  /** Finishes the files and gives them in the form in which they travel to the commit. */
  public List<String> finish() {
    return ShardWriter.toJson(ledger, writers.finish());
  }

  /** Removes files that are not finished. */
  @Override
  public void close() {
    writers.close();
  }
}
