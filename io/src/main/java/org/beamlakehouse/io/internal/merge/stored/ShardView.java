package org.beamlakehouse.io.internal.merge.stored;

import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;

/** What a merge reads of one shard of a table: its files and its ledger. */
public final class ShardView {
  /** What a value takes in memory beside its bytes: an object and a reference. */
  private static final int VALUE_MEMORY = 32;

  /** How much smaller values are in a file than in memory, roughly. */
  private static final int COMPRESSION = 4;

  private final TableState state;
  private final int shard;
  private final ChangeCodec codec;
  private final TargetReader reader;
  private final LedgerReader ledger;

  /**
   * A view of what the table has.
   *
   * @param targetFiles of the target
   * @param ledgerFiles of its ledger
   */
  public ShardView(
      TableState state,
      TargetShape shape,
      int shard,
      ChangeCodec codec,
      FilePlanner targetFiles,
      FilePlanner ledgerFiles) {
    this.state = state;
    this.shard = shard;
    this.codec = codec;
    this.reader = new TargetReader(state, shape, codec, targetFiles);
    this.ledger = new LedgerReader(state, ledgerFiles);
  }

  public ChangeCodec codec() {
    return codec;
  }

  public Schema schema() {
    return state.target().schema();
  }

  public TargetReader reader() {
    return reader;
  }

  public LedgerReader ledger() {
    return ledger;
  }

  /** The rows of the shard, by their partition. */
  public Expression ofShard() {
    return state.sharding().filter(shard);
  }

  /** True where the shard is the only one of its table. */
  public boolean isAlone() {
    return state.sharding().count() == 1;
  }

  /** True where a key belongs to the shard. */
  public boolean owns(Object[] key) {
    return state.sharding().shardOf(key[0]) == shard;
  }

  /** Rows that the shard has stored, deleted ones included. */
  public long storedRows() {
    return reader.files(Expressions.and(ofShard(), Expressions.alwaysTrue())).stream()
        .mapToLong(file -> file.file().recordCount())
        .sum();
  }

  /** About how many bytes of memory one row takes with its values. */
  public long rowMemory() {
    long columns = (long) VALUE_MEMORY * schema().columns().size();
    long rows = 0;
    long bytes = 0;
    for (StoredFile file : List.copyOf(reader.files())) {
      rows += file.file().recordCount();
      bytes += file.file().fileSizeInBytes();
    }
    return columns + (rows == 0 ? 0 : COMPRESSION * bytes / rows);
  }
}
