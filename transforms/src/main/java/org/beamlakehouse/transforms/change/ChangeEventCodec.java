package org.beamlakehouse.transforms.change;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;
import org.beamlakehouse.transforms.internal.codec.RowCodec;
import org.beamlakehouse.transforms.internal.codec.Times;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The binary form of the changes of one table. The key is not written where the row tells it. */
final class ChangeEventCodec {
  private static final Operation[] OPERATIONS = Operation.values();
  private static final int OPERATION_BITS = 3;
  private static final int HAS_KEY = 1 << OPERATION_BITS;
  private static final int KEY_IN_ROW = HAS_KEY << 1;
  private static final int HAS_BEFORE = HAS_KEY << 2;
  private static final int HAS_AFTER = HAS_KEY << 3;
  private static final int HAS_UNSENT = HAS_KEY << 4;
  private static final int HAS_RESCUED = HAS_KEY << 5;
  private static final int HAS_FAILURE = HAS_KEY << 6;

  /** The valid time is the event time, as it is where the source's log gives the order. */
  private static final int ONE_TIME = HAS_KEY << 7;

  private final TableDefinition table;
  private final Schema keySchema;
  private final int[] keyIndexes;
  private final RowCodec row;
  private final RowCodec key;
  private final RowCodec validTime;

  ChangeEventCodec(TableDefinition table) {
    this.table = table;
    this.keySchema = table.keySchema();
    this.keyIndexes = table.keyIndexes();
    this.row = RowCodec.ofBeamRows(table.columns(), table.rowSchema());
    List<Column> keyColumns =
        Arrays.stream(keyIndexes).mapToObj(index -> table.columns().get(index)).toList();
    this.key = RowCodec.ofBeamRows(keyColumns, keySchema);
    this.validTime = RowCodec.of(List.of(Column.of("valid_from", table.validTimeType())));
  }

  void write(ChangeEvent event, ByteOutput out) {
    boolean keyInRow = isKeyInRow(event);
    boolean oneTime = event.validTime().equals(event.eventTime());
    out.writeUnsigned(
        event.operation().ordinal()
            | (keyInRow ? KEY_IN_ROW : event.key() != null ? HAS_KEY : 0)
            | (event.before() != null ? HAS_BEFORE : 0)
            | (event.after() != null ? HAS_AFTER : 0)
            | (event.unsentColumns().isEmpty() ? 0 : HAS_UNSENT)
            | (event.rescuedData() != null ? HAS_RESCUED : 0)
            | (event.qualityFailure() != null ? HAS_FAILURE : 0)
            | (oneTime ? ONE_TIME : 0));
    out.writeBytes(event.sequence().bytes());
    Times.writeInstant(event.eventTime(), out);
    Times.writeInstant(event.ingestedAt(), out);
    if (!oneTime) {
      validTime.write(new Object[] {event.validTime()}, out);
    }
    if (event.key() != null && !keyInRow) {
      key.write(event.key(), out);
    }
    if (event.before() != null) {
      row.write(event.before(), out);
    }
    if (event.after() != null) {
      row.write(event.after(), out);
    }
    if (!event.unsentColumns().isEmpty()) {
      out.writeBytes(unsentBits(event.unsentColumns()));
    }
    if (event.rescuedData() != null) {
      out.writeString(event.rescuedData());
    }
    if (event.qualityFailure() != null) {
      out.writeString(event.qualityFailure());
    }
  }

  ChangeEvent read(ByteInput in) {
    int flags = (int) in.readUnsigned();
    int operation = flags & ((1 << OPERATION_BITS) - 1);
    if (operation >= OPERATIONS.length) {
      throw new IllegalArgumentException("there is no operation " + operation);
    }
    Sequence sequence = Sequence.fromBytes(in.readBytes());
    Instant eventTime = Times.readInstant(in);
    Instant ingestedAt = Times.readInstant(in);
    ChangeEvent.Builder event =
        ChangeEvent.builder()
            .table(table.name())
            .operation(OPERATIONS[operation])
            .sequence(sequence)
            .eventTime(eventTime)
            .ingestedAt(ingestedAt)
            .validTime((flags & ONE_TIME) != 0 ? eventTime : (Comparable<?>) validTime.read(in)[0]);
    if ((flags & HAS_KEY) != 0) {
      event.key(key.readRow(in));
    }
    Row before = (flags & HAS_BEFORE) != 0 ? row.readRow(in) : null;
    Row after = (flags & HAS_AFTER) != 0 ? row.readRow(in) : null;
    event.before(before).after(after);
    if ((flags & KEY_IN_ROW) != 0) {
      event.key(keyOf(after != null ? after : before));
    }
    if ((flags & HAS_UNSENT) != 0) {
      event.unsentColumns(unsentNames(in.readBytes()));
    }
    if ((flags & HAS_RESCUED) != 0) {
      event.rescuedData(in.readString());
    }
    if ((flags & HAS_FAILURE) != 0) {
      event.qualityFailure(in.readString());
    }
    return event.build();
  }

  private boolean isKeyInRow(ChangeEvent event) {
    Row inKey = event.key();
    Row inRow = event.row();
    if (inKey == null || inRow == null || inKey.getFieldCount() != keyIndexes.length) {
      return false;
    }
    for (int i = 0; i < keyIndexes.length; i++) {
      // Objects.deepEquals compares byte arrays by value. Row.equals would do more than is needed.
      if (!Objects.deepEquals(inKey.getValue(i), inRow.<@Nullable Object>getValue(keyIndexes[i]))) {
        return false;
      }
    }
    return true;
  }

  private Row keyOf(@Nullable Row from) {
    if (from == null) {
      throw new IllegalArgumentException("the key is said to be in the row, but there is none");
    }
    Object[] values = new Object[keyIndexes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = from.getValue(keyIndexes[i]);
    }
    return Row.withSchema(keySchema).attachValues(Arrays.asList(values));
  }

  private byte[] unsentBits(Set<String> names) {
    BitSet bits = new BitSet();
    for (String name : names) {
      int index = table.indexOf(name);
      if (index < 0) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot encode a change of %s: it names the column %s as unsent, which is no"
                    + " column of the table",
                table.name(), name));
      }
      bits.set(index);
    }
    return bits.toByteArray();
  }

  private Set<String> unsentNames(byte[] bytes) {
    Set<String> names = new HashSet<>();
    BitSet.valueOf(bytes).stream().forEach(index -> names.add(table.columns().get(index).name()));
    return Set.copyOf(names);
  }
}
