package org.beamlakehouse.transforms.internal.pack;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;
import org.beamlakehouse.transforms.internal.codec.RowCodec;
import org.beamlakehouse.transforms.internal.codec.Times;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The binary form of the {@link Change}s of one table, carried values included.
 *
 * <p>A change begins with its kind and the bytes of its key, so that changes are grouped by key
 * without decoding them. Equal keys have equal bytes, and so have equal changes (what stands in
 * {@code values} for an unsent column is left out, it means nothing; read back it is null). A
 * change without values has no key. Made once; safe for use by several threads.
 */
public final class ChangeCodec {
  private static final Kind[] KINDS = Kind.values();
  private static final int KIND_BITS = 2;
  private static final int HAS_VALUES = 1 << KIND_BITS;
  private static final int HAS_UNSENT = HAS_VALUES << 1;

  /** The valid time is the event time, as it is where the source's log gives the order. */
  private static final int ONE_TIME = HAS_VALUES << 2;

  private final TableDefinition table;
  private final int width;
  private final int[] keyIndexes;
  private final int[] otherIndexes;
  private final RowCodec key;
  private final RowCodec others;
  private final RowCodec validTime;

  private ChangeCodec(TableDefinition table) {
    this.table = table;
    List<Column> carried = table.carriedColumns();
    this.width = carried.size();
    this.keyIndexes = table.keyIndexes();
    this.otherIndexes =
        IntStream.range(0, width)
            .filter(index -> Arrays.stream(keyIndexes).noneMatch(k -> k == index))
            .toArray();
    this.key = RowCodec.of(Arrays.stream(keyIndexes).mapToObj(carried::get).toList());
    this.others = RowCodec.of(Arrays.stream(otherIndexes).mapToObj(carried::get).toList());
    this.validTime = RowCodec.of(List.of(Column.of("valid_from", table.validTimeType())));
  }

  /** The codec of a table's changes. */
  public static ChangeCodec of(TableDefinition table) {
    return new ChangeCodec(table);
  }

  public TableDefinition table() {
    return table;
  }

  /**
   * The bytes that every change of this key begins with (after kind and length).
   *
   * @param values the key columns' values, in key order
   */
  public byte[] keyBytes(Object[] values) {
    ByteOutput out = new ByteOutput(32);
    key.write(values, out);
    return out.toByteArray();
  }

  /** The key columns' values, from {@link #keyBytes}. */
  public Object[] key(byte[] keyBytes) {
    return key.read(ByteInput.of(keyBytes));
  }

  /** The bytes of one change. */
  public byte[] toBytes(Change change) {
    ByteOutput out = new ByteOutput();
    write(change, out);
    return out.toByteArray();
  }

  /** The change of {@link #toBytes}. */
  public Change fromBytes(byte[] bytes) {
    return read(ByteInput.of(bytes));
  }

  /**
   * Writes a change.
   *
   * @throws IllegalArgumentException where a value is not of its column's type, or the source did
   *     not send a key column
   */
  public void write(Change change, ByteOutput out) {
    BitSet unsent = change.unsent() == null || change.unsent().isEmpty() ? null : change.unsent();
    Object[] values = change.values();
    boolean oneTime = change.validTime().equals(change.eventTime());
    out.writeByte(
        change.kind().ordinal()
            | (values != null ? HAS_VALUES : 0)
            | (unsent != null ? HAS_UNSENT : 0)
            | (oneTime ? ONE_TIME : 0));
    if (values != null) {
      checkWidth(values);
      writeKey(values, unsent, out);
    }
    out.writeBytes(change.sequence().bytes());
    Times.writeInstant(change.eventTime(), out);
    if (!oneTime) {
      validTime.write(new Object[] {change.validTime()}, out);
    }
    if (unsent != null) {
      out.writeBytes(unsent.toByteArray());
    }
    if (values != null) {
      others.write(values, otherIndexes, unsent, out);
    }
  }

  /** Reads a change. */
  public Change read(ByteInput in) {
    int flags = in.readByte();
    int kind = flags & ((1 << KIND_BITS) - 1);
    if (kind >= KINDS.length) {
      throw new IllegalArgumentException("Cannot read a change: there is no kind " + kind);
    }
    Object[] values = null;
    if ((flags & HAS_VALUES) != 0) {
      values = new Object[width];
      in.readLength();
      key.read(in, values, keyIndexes);
    }
    Sequence sequence = Sequence.fromBytes(in.readBytes());
    Instant eventTime = Times.readInstant(in);
    Comparable<?> validFrom =
        (flags & ONE_TIME) != 0 ? eventTime : (Comparable<?>) validTime.read(in)[0];
    BitSet unsent = (flags & HAS_UNSENT) != 0 ? BitSet.valueOf(in.readBytes()) : null;
    if (values != null) {
      others.read(in, values, otherIndexes);
    }
    return new Change(KINDS[kind], sequence, eventTime, validFrom, values, unsent);
  }

  /** Leaves the input at the key's first byte and tells its length; 0 for a change without key. */
  static int keyLength(ByteInput in) {
    return (in.readByte() & HAS_VALUES) == 0 ? 0 : in.readLength();
  }

  private void writeKey(Object[] values, @Nullable BitSet unsent, ByteOutput out) {
    if (unsent != null) {
      for (int index : keyIndexes) {
        if (unsent.get(index)) {
          throw new IllegalArgumentException(
              String.format(
                  "Cannot encode a change of %s: the source did not send its key column %s",
                  table.name(), table.columns().get(index).name()));
        }
      }
    }
    int start = out.beginLength();
    key.write(values, keyIndexes, null, out);
    out.endLength(start);
  }

  private void checkWidth(Object[] values) {
    if (values.length != width) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot encode a change of %s: it carries %d values, the table %d columns",
              table.name(), values.length, width));
    }
  }
}
