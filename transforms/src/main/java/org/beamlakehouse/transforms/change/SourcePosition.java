package org.beamlakehouse.transforms.change;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where a record stands in its source: topic, partition and offset, or file and record number.
 *
 * <p>Positions order changes whose sequences are equal: within a topic by partition and offset,
 * within files by the file's path and the record number. File paths are those relative to the
 * source's base folder, so that the order does not depend on where a project lies.
 */
@AutoValue
public abstract class SourcePosition implements Serializable {
  /** More than any partition has: a million records a second for eight years. */
  private static final int OFFSET_BITS = 48;

  /** Topic, for message sources. */
  public abstract @Nullable String topic();

  /** Partition; 0 for files. */
  public abstract int partition();

  /** File path relative to the source's base folder, for file sources. */
  public abstract @Nullable String file();

  /** Offset in the partition, or number of the record in the file from 0. */
  public abstract long offset();

  /**
   * How often the topic had been deleted and created anew, or cut off, before it had the record; 0
   * for files. Offsets begin again with it.
   */
  public abstract int era();

  public static SourcePosition inTopic(String topic, int partition, long offset) {
    return inTopic(topic, 0, partition, offset);
  }

  /** The same in a later {@link #era} of the topic. */
  public static SourcePosition inTopic(String topic, int era, int partition, long offset) {
    return new AutoValue_SourcePosition(topic, partition, null, offset, era);
  }

  public static SourcePosition inFile(String file, long record) {
    return new AutoValue_SourcePosition(null, 0, file, record, 0);
  }

  /** The offset, above all of earlier eras. */
  public long rank() {
    return offset() + ((long) era() << OFFSET_BITS);
  }

  /** Ends a sequence with this position. */
  public Sequence complete(Sequence.Builder order) {
    return complete(order, 0);
  }

  /**
   * Ends a sequence with this position and a row in it.
   *
   * @param row number of the row in a record of several, from 0
   */
  public Sequence complete(Sequence.Builder order, int row) {
    order.position();
    if (file() != null) {
      order.add(file()).add(offset());
    } else {
      order.add(partition()).add(rank());
    }
    return row == 0 ? order.build() : order.add(row).build();
  }

  /** {@code orders-0.jsonl:17} or {@code topic/3@1042}, for messages. */
  @Override
  public final String toString() {
    return file() != null ? file() + ":" + offset() : topic() + "/" + partition() + "@" + offset();
  }
}
