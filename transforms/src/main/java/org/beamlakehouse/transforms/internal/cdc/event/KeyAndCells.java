package org.beamlakehouse.transforms.internal.cdc.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What the cells of an image say of a table's key and of its other columns. */
final class KeyAndCells {
  private KeyAndCells() {}

  static boolean hasKey(TablePlan plan, Object[] cells) {
    for (int key : plan.table().keyIndexes()) {
      if (!isValue(cells[key])) {
        return false;
      }
    }
    return true;
  }

  static boolean isOtherKey(TablePlan plan, Object[] before, Object[] after) {
    boolean other = false;
    for (int key : plan.table().keyIndexes()) {
      if (!isValue(before[key])) {
        return false;
      }
      other |= !Objects.deepEquals(before[key], after[key]);
    }
    return other;
  }

  static boolean isKeyOnly(TablePlan plan, Object[] cells) {
    for (int i = 0; i < plan.columns().size(); i++) {
      if (!plan.isKey(i) && !plan.expressions().isComputed(i) && isValue(cells[i])) {
        return false;
      }
    }
    return true;
  }

  static boolean isValue(@Nullable Object value) {
    return value != null && value != JsonValueReader.UNSENT && !(value instanceof Bad);
  }

  /** A record that deletes names its key and seldom more: its nulls are no values. */
  static Set<String> nullNonKeys(TablePlan plan, Object[] cells) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < plan.columns().size(); i++) {
      if (!plan.isKey(i) && cells[i] == null) {
        names.add(plan.columns().get(i).name());
      }
    }
    return names;
  }

  /** An image of the key only says nothing of the other columns, computed ones included. */
  static Set<String> forgetNonKeys(TablePlan plan, Object[] cells) {
    for (int i = 0; i < plan.columns().size(); i++) {
      if (!plan.isKey(i) && !(cells[i] instanceof Bad)) {
        cells[i] = null;
      }
    }
    return nonKeyColumns(plan);
  }

  static Set<String> unsentIn(TablePlan plan, Object[] cells) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < plan.columns().size(); i++) {
      if (!plan.isKey(i) && (cells[i] == JsonValueReader.UNSENT || cells[i] instanceof Bad)) {
        names.add(plan.columns().get(i).name());
      }
    }
    return names;
  }

  static Set<String> nonKeyColumns(TablePlan plan) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < plan.columns().size(); i++) {
      if (!plan.isKey(i)) {
        names.add(plan.columns().get(i).name());
      }
    }
    return names;
  }

  static Row keyRow(TablePlan plan, Object[] cells) {
    int[] indexes = plan.table().keyIndexes();
    Object[] key = new Object[indexes.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = cells[indexes[i]];
    }
    return Row.withSchema(plan.table().keySchema()).attachValues(key);
  }

  static Row row(TablePlan plan, Object[] cells) {
    int columns = plan.columns().size();
    Object[] values = cells.length == columns ? cells : Arrays.copyOf(cells, columns);
    return Row.withSchema(plan.table().rowSchema()).attachValues(values);
  }

  /** The image before an update, as far as it could be read: it decides nothing but the key. */
  static Row beforeRow(TablePlan plan, Object[] cells) {
    List<Object> values = new ArrayList<>(plan.columns().size());
    for (int i = 0; i < plan.columns().size(); i++) {
      values.add(isValue(cells[i]) ? cells[i] : null);
    }
    return Row.withSchema(plan.table().rowSchema()).attachValues(values);
  }
}
