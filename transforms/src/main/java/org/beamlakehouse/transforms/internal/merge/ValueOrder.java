package org.beamlakehouse.transforms.internal.merge;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A total order and an equality over the values of columns, for every class that {@link ColumnType}
 * names. It decides between two changes that nothing else tells apart, so it must be the same in
 * every run and on every runner.
 *
 * <ul>
 *   <li>null comes first.
 *   <li>Values of one class: false before true; numbers, dates and times by their value (floating
 *       point as {@link Double#compare}: -0.0 before 0.0, NaN last and equal to itself; decimals
 *       without regard to their scale); strings by UTF-16 code units; UUIDs and byte arrays as
 *       unsigned bytes, a prefix first.
 *   <li>Lists (and structs, which are lists of fields): element by element, a prefix first.
 *   <li>Maps: as the list of their entries in the order of their keys, whatever order they iterate
 *       in; an entry is its key, then its value.
 *   <li>Values of different classes, which one column never holds: by class, in the order of the
 *       table in {@link ColumnType}.
 * </ul>
 */
public final class ValueOrder {

  private ValueOrder() {}

  /**
   * Compares two values of columns.
   *
   * @return negative, zero or positive as {@code a} is below, equal to or above {@code b}
   * @throws IllegalArgumentException where a value's class is none of {@link ColumnType}'s and the
   *     two cannot be compared by themselves
   */
  public static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == b) {
      return 0;
    } else if (a == null) {
      return -1;
    } else if (b == null) {
      return 1;
    }
    if (a.getClass() == b.getClass() && a instanceof Comparable && !(a instanceof UUID)) {
      return compareTo(a, b);
    }
    int rank = rank(a);
    int byClass = Integer.compare(rank, rank(b));
    if (byClass != 0) {
      return byClass;
    }
    if (a instanceof byte[] bytes) {
      return Arrays.compareUnsigned(bytes, (byte[]) b);
    } else if (a instanceof UUID uuid) {
      return compare(uuid, (UUID) b);
    } else if (a instanceof List<?> list) {
      return compare(list, (List<?>) b);
    } else if (a instanceof Map<?, ?> map) {
      return compare(sortedEntries(map), sortedEntries((Map<?, ?>) b));
    }
    return compareTo(a, b);
  }

  /** Equality of two values: {@link #compare} finds no difference. */
  public static boolean equal(@Nullable Object a, @Nullable Object b) {
    return compare(a, b) == 0;
  }

  /** Keys and values of a map in turn, in the order of the keys. */
  static List<Object> sortedEntries(Map<?, ?> map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    entries.sort((x, y) -> compare(x.getKey(), y.getKey()));
    List<Object> flat = new ArrayList<>(2 * entries.size());
    for (Map.Entry<?, ?> entry : entries) {
      flat.add(entry.getKey());
      flat.add(entry.getValue());
    }
    return flat;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static int compareTo(Object a, Object b) {
    return ((Comparable) a).compareTo(b);
  }

  /** Unlike {@link UUID#compareTo}, which compares signed halves. */
  private static int compare(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  private static int compare(List<?> a, List<?> b) {
    Iterator<?> left = a.iterator();
    Iterator<?> right = b.iterator();
    while (left.hasNext() && right.hasNext()) {
      int byElement = compare(left.next(), right.next());
      if (byElement != 0) {
        return byElement;
      }
    }
    return Boolean.compare(left.hasNext(), right.hasNext());
  }

  private static int rank(Object value) {
    if (value instanceof Boolean) {
      return 0;
    } else if (value instanceof Integer) {
      return 1;
    } else if (value instanceof Long) {
      return 2;
    } else if (value instanceof Float) {
      return 3;
    } else if (value instanceof Double) {
      return 4;
    } else if (value instanceof String) {
      return 5;
    } else if (value instanceof BigDecimal) {
      return 6;
    } else if (value instanceof LocalDate) {
      return 7;
    } else if (value instanceof LocalTime) {
      return 8;
    } else if (value instanceof LocalDateTime) {
      return 9;
    } else if (value instanceof Instant) {
      return 10;
    } else if (value instanceof UUID) {
      return 11;
    } else if (value instanceof byte[]) {
      return 12;
    } else if (value instanceof List) {
      return 13;
    } else if (value instanceof Map) {
      return 14;
    }
    throw new IllegalArgumentException(
        "Cannot compare a value of class "
            + value.getClass().getName()
            + ": it is none of the classes of column values, convert it before the merge");
  }
}
