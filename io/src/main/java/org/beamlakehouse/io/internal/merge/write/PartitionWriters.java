package org.beamlakehouse.io.internal.merge.write;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.StructLikeUtil;
import org.apache.iceberg.util.StructLikeWrapper;

/**
 * Writes rows of any partitions of a table, in any order. The number of files that are written at a
 * time is bounded, for each of them takes memory: where rows are of more partitions, the file not
 * written to for longest is finished early.
 */
final class PartitionWriters implements Closeable {
  private static final int MAX_OPEN = 32;

  private final Table table;
  private final Schema schema;
  private final Consumer<DataFile> finished;
  private final List<DataFile> files = new ArrayList<>();
  private final Map<Partition, RollingWriter> open = new LinkedHashMap<>(16, 0.75f, true);

  /** A partition of one of the table's specs. */
  private record Partition(int specId, StructLikeWrapper values) {}

  /**
   * Writers that have no files yet.
   *
   * @param schema columns of the rows; rows may have more
   * @param finished is told of each file that is complete
   */
  PartitionWriters(Table table, Schema schema, Consumer<DataFile> finished) {
    this.table = table;
    this.schema = schema;
    this.finished = finished;
  }

  /** The writer of a partition, to be used before the next one is asked for. */
  RollingWriter of(PartitionSpec spec, StructLike partition) {
    StructLikeWrapper wrapper = StructLikeWrapper.forType(spec.partitionType());
    RollingWriter writer = open.get(new Partition(spec.specId(), wrapper.set(partition)));
    if (writer == null) {
      if (open.size() == MAX_OPEN) {
        finish(open.keySet().iterator().next());
      }
      // The caller may fill the same key with the next partition.
      StructLike values = StructLikeUtil.copy(partition);
      writer = new RollingWriter(table, schema, spec, values, finished);
      open.put(new Partition(spec.specId(), wrapper.set(values)), writer);
    }
    return writer;
  }

  /** Finishes the file of a partition, if one is written. */
  void finish(PartitionSpec spec, StructLike partition) {
    Partition key =
        new Partition(
            spec.specId(), StructLikeWrapper.forType(spec.partitionType()).set(partition));
    if (open.containsKey(key)) {
      finish(key);
    }
  }

  private void finish(Partition partition) {
    files.addAll(open.remove(partition).finish());
  }

  /** Finishes the files. */
  List<DataFile> finish() {
    while (!open.isEmpty()) {
      finish(open.keySet().iterator().next());
    }
    return files;
  }

  @Override
  public void close() {
    open.values().forEach(RollingWriter::close);
    open.clear();
  }
}
