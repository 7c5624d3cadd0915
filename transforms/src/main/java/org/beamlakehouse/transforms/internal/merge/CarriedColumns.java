package org.beamlakehouse.transforms.internal.merge;

import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the places of a values array mean to the rules: the contract's columns come first and decide
 * what a change is, the provenance behind them only travels along. The last of all, {@code
 * _rescued_data}, is part of what a change says.
 *
 * <p>Rules look at changes in their <em>plain</em> form: a null in a column that ignores nulls
 * counts as not sent, in deletes as well as in upserts.
 */
final class CarriedColumns implements Serializable {
  private final int contract;
  private final int carried;
  private final int[] keys;
  private final int[] ignoreNulls;
  private final boolean ofExtracts;

  CarriedColumns(TableDefinition table) {
    this.contract = table.columns().size();
    this.carried = table.carriedColumns().size();
    this.keys = table.keyIndexes().clone();
    this.ignoreNulls =
        table.ignoreNullColumns().stream().mapToInt(table::indexOf).sorted().toArray();
    this.ofExtracts = table.input() == InputKind.SNAPSHOTS;
  }

  /** Whether the changes are those of full extracts. */
  boolean ofExtracts() {
    return ofExtracts;
  }

  /**
   * Whether a change only says that its key is in an extract: an upsert that sends nothing else. It
   * keeps the extract's truncate from the key.
   *
   * <p>Null in a column beside those not sent is nothing as well: one that the table got later.
   */
  boolean isConfirmation(Change change) {
    if (!ofExtracts || change.kind() != Kind.UPSERT || change.isComplete()) {
      return false;
    }
    BitSet sent = copy(change.unsent());
    sent.flip(0, contract);
    for (int key : keys) {
      sent.clear(key);
    }
    return sent.stream().allMatch(column -> change.values()[column] == null);
  }

  /** Whether any change is a {@linkplain #isConfirmation confirmation}. */
  boolean anyConfirmation(List<Change> changes) {
    return ofExtracts && changes.stream().anyMatch(this::isConfirmation);
  }

  int carried() {
    return carried;
  }

  /** Number of the columns that decide what a change is. */
  int contract() {
    return contract;
  }

  boolean ignoresNulls() {
    return ignoreNulls.length > 0;
  }

  boolean ignoresNulls(int column) {
    return Arrays.binarySearch(ignoreNulls, column) >= 0;
  }

  /** The same change with the nulls that are to be ignored marked as not sent. */
  Change plain(Change change) {
    BitSet unsent = null;
    if (change.values() != null) {
      for (int column : ignoreNulls) {
        if (change.values()[column] == null && change.sends(column)) {
          unsent = unsent == null ? copy(change.unsent()) : unsent;
          unsent.set(column);
        }
      }
    }
    return unsent == null
        ? change
        : new Change(
            change.kind(),
            change.sequence(),
            change.eventTime(),
            change.validTime(),
            change.values(),
            unsent);
  }

  /** A delete that keeps nothing of the row but its key, and of the provenance what is no data. */
  Change keyOnly(Change delete) {
    BitSet unsent = unsent(delete);
    int sent = contract - unsent.cardinality();
    if (delete.values() == null || (sent == keys.length && delete.values()[carried - 1] == null)) {
      return delete;
    }
    Object[] values = delete.values().clone();
    unsent.set(0, contract);
    for (int key : keys) {
      unsent.clear(key);
    }
    for (int i = unsent.nextSetBit(0); i >= 0; i = unsent.nextSetBit(i + 1)) {
      values[i] = null;
    }
    values[carried - 1] = null;
    return new Change(
        Kind.DELETE, delete.sequence(), delete.eventTime(), delete.validTime(), values, unsent);
  }

  /**
   * The change that a row tells when it shows one change and nothing else: all columns sent, but
   * for nulls in columns that ignore them.
   */
  Change told(StoredRow row, Instant eventTime, Comparable<?> validTime) {
    Kind kind = row.isDeleted() ? Kind.DELETE : Kind.UPSERT;
    return plain(new Change(kind, row.sequence(), eventTime, validTime, row.values(), null));
  }

  /** True where a plain change brings every column, and no null that is to be ignored. */
  boolean isComplete(Change change) {
    if (!change.isComplete()) {
      return false;
    }
    for (int column : ignoreNulls) {
      if (change.values()[column] == null) {
        return false;
      }
    }
    return true;
  }

  /** The contract columns that a plain change does not send. */
  BitSet unsent(Change change) {
    if (change.values() == null) {
      BitSet all = new BitSet(contract);
      all.set(0, contract);
      return all;
    }
    return copy(change.unsent());
  }

  /** True where a row that shows null in these columns tells that they were not sent. */
  boolean ignoresNullsIn(BitSet columns) {
    for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
      if (!ignoresNulls(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Orders what two plain changes say: column by column, not sent before null before values, then
   * the rescued data.
   */
  int compareContent(Change a, Change b) {
    for (int i = 0; i < contract; i++) {
      boolean sends = a.sends(i);
      if (sends != b.sends(i)) {
        return sends ? 1 : -1;
      }
      int byValue = sends ? ValueOrder.compare(a.values()[i], b.values()[i]) : 0;
      if (byValue != 0) {
        return byValue;
      }
    }
    return ValueOrder.compare(rescued(a), rescued(b));
  }

  /** Orders the provenance of two changes; it has no meaning but to be the same everywhere. */
  int compareProvenance(Change a, Change b) {
    if (a.values() == null || b.values() == null) {
      return Boolean.compare(a.values() != null, b.values() != null);
    }
    int order = 0;
    for (int i = contract; i < carried && order == 0; i++) {
      order = ValueOrder.compare(a.values()[i], b.values()[i]);
    }
    return order;
  }

  /** Orders what two rows show: column by column, then the rescued data; 0 where it is the same. */
  int compareShown(Object[] a, Object[] b) {
    for (int i = 0; i < contract; i++) {
      int byValue = ValueOrder.compare(a[i], b[i]);
      if (byValue != 0) {
        return byValue;
      }
    }
    return ValueOrder.compare(a[carried - 1], b[carried - 1]);
  }

  /** The values of an upsert with null in the columns that it does not send. */
  Object[] shown(Change change) {
    if (change.isComplete()) {
      return change.values();
    }
    Object[] values = change.values().clone();
    for (int i = 0; i < contract; i++) {
      if (!change.sends(i)) {
        values[i] = null;
      }
    }
    return values;
  }

  /** True where two rows are the same in everything. */
  boolean sameRow(StoredRow a, StoredRow b) {
    if (!a.sequence().equals(b.sequence())
        || !ValueOrder.equal(a.deletedAt(), b.deletedAt())
        || !ValueOrder.equal(a.validFrom(), b.validFrom())
        || !ValueOrder.equal(a.validTo(), b.validTo())) {
      return false;
    }
    for (int i = 0; i < carried; i++) {
      if (!ValueOrder.equal(a.values()[i], b.values()[i])) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Object rescued(Change change) {
    return change.values() == null ? null : change.values()[carried - 1];
  }

  private static BitSet copy(@Nullable BitSet bits) {
    return bits == null ? new BitSet() : (BitSet) bits.clone();
  }
}
