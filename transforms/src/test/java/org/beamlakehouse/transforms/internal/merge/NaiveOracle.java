package org.beamlakehouse.transforms.internal.merge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The rules once more, told without any thought of batches: sort all changes of a key, play them
 * one by one into a simple model. Shares no code with the rules; string columns only.
 */
final class NaiveOracle {

  /** A row with all that is stored of it, comparable by equality. */
  record Row(List<Object> values, Sequence sequence, Instant deletedAt, Object from, Object to) {

    static Row of(StoredRow row) {
      List<Object> values = new ArrayList<>();
      for (Object value : row.values()) {
        values.add(value);
      }
      return new Row(values, row.sequence(), row.deletedAt(), row.validFrom(), row.validTo());
    }
  }

  private final TableDefinition table;
  private final int contract;

  NaiveOracle(TableDefinition table) {
    this.table = table;
    this.contract = table.columns().size();
  }

  /** The rows of one key, given its changes and all truncates. */
  List<Row> rows(List<Change> changes) {
    List<Change> sorted = withoutCopies(changes);
    placeTombstones(sorted);
    sorted.sort(order());
    return switch (table.storage()) {
      case LATEST -> latest(sorted);
      case HISTORY -> history(sorted);
      case EVENTS -> first(sorted);
    };
  }

  /** Puts for each tombstone that deletes a delete where it deletes. */
  private void placeTombstones(List<Change> changes) {
    List<Change> tombstones =
        new ArrayList<>(changes.stream().filter(c -> c.kind() == Kind.TOMBSTONE).toList());
    changes.removeAll(tombstones);
    tombstones.sort(Comparator.comparing(t -> t.sequence().offset()));
    for (Change tombstone : tombstones) {
      Change last = null;
      for (Change change : changes) {
        if (change.kind() != Kind.TRUNCATE
            && change.sequence().isInTopic()
            && change.sequence().partition() == tombstone.sequence().partition()
            && change.sequence().offset() < tombstone.sequence().offset()
            && (last == null || order().compare(change, last) > 0)) {
          last = change;
        }
      }
      if (last != null && last.kind() == Kind.UPSERT) {
        Sequence place = tombstone.sequence().withOrderOf(last.sequence());
        Comparable<?> time =
            table.sequenceBy().isEmpty() ? tombstone.validTime() : last.validTime();
        changes.add(
            new Change(
                Kind.DELETE,
                place,
                tombstone.eventTime(),
                time,
                tombstone.values(),
                tombstone.unsent()));
      }
    }
  }

  /** Of changes with one source order, kind and content the one at the lowest position. */
  private List<Change> withoutCopies(List<Change> changes) {
    Map<List<Object>, Change> lowest = new HashMap<>();
    for (Change change : changes) {
      boolean keyOnly =
          table.storage() == StorageType.LATEST
              && table.deletes() == DeleteMode.HARD
              && change.kind() == Kind.DELETE;
      List<Object> said =
          List.of(
              change.kind(),
              change.kind() == Kind.TOMBSTONE
                  ? change.sequence()
                  : change.sequence().withoutPosition(),
              keyOnly || change.kind() == Kind.TRUNCATE ? "" : content(change));
      lowest.merge(said, change, (a, b) -> a.sequence().compareTo(b.sequence()) <= 0 ? a : b);
    }
    return new ArrayList<>(lowest.values());
  }

  private boolean sends(Change change, int column) {
    if (change.values() == null || (change.unsent() != null && change.unsent().get(column))) {
      return false;
    }
    Set<String> ignored = table.ignoreNullColumns();
    return change.values()[column] != null || !ignored.contains(table.columns().get(column).name());
  }

  private Comparator<Change> order() {
    return Comparator.comparing(Change::sequence)
        .thenComparing(
            change -> List.of(Kind.UPSERT, Kind.TRUNCATE, Kind.DELETE).indexOf(change.kind()))
        .thenComparing(this::content);
  }

  private String content(Change change) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < contract; i++) {
      if (!sends(change, i)) {
        text.append("0 ");
      } else if (change.values()[i] == null) {
        text.append("1 ");
      } else {
        text.append('2').append(change.values()[i]).append(' ');
      }
    }
    return text.toString();
  }

  private List<Row> latest(List<Change> sorted) {
    boolean hard = table.deletes() == DeleteMode.HARD;
    Object[] values = null;
    Instant deletedAt = null;
    Sequence sequence = null;
    for (Change change : sorted) {
      boolean upsert = change.kind() == Kind.UPSERT;
      if (hard && !upsert) {
        values = null;
        continue;
      }
      if (values == null && change.kind() == Kind.TRUNCATE) {
        continue;
      }
      values = values == null ? new Object[table.carriedColumns().size()] : values;
      play(change, values);
      sequence = change.sequence();
      deletedAt = upsert ? null : change.eventTime();
    }
    return values == null ? List.of() : List.of(row(values, sequence, deletedAt, null, null));
  }

  private void play(Change change, Object[] values) {
    for (int i = 0; i < values.length; i++) {
      if (i < contract ? sends(change, i) : change.values() != null) {
        values[i] = change.values()[i];
      }
    }
  }

  private List<Row> history(List<Change> sorted) {
    List<Row> rows = new ArrayList<>();
    Object[] known = new Object[table.carriedColumns().size()];
    Row open = null;
    Comparable<?> now = null;
    for (Change change : sorted) {
      now = now == null || before(now, change.validTime()) ? change.validTime() : now;
      play(change, known);
      if (change.kind() != Kind.UPSERT) {
        close(open, now, rows);
        open = null;
        continue;
      }
      Row next = row(known, change.sequence(), null, now, null);
      if (open == null || trackedDiffer(open, next)) {
        close(open, now, rows);
        open = next;
        Row last = rows.isEmpty() ? null : rows.get(rows.size() - 1);
        if (last != null && last.to().equals(now) && !trackedDiffer(last, next)) {
          open = new Row(last.values(), last.sequence(), null, last.from(), null);
          rows.remove(last);
        }
      }
      if (!open.values().subList(0, contract).equals(next.values().subList(0, contract))) {
        open = new Row(next.values(), open.sequence(), null, open.from(), null);
      }
    }
    if (open != null) {
      rows.add(open);
    }
    return rows;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static boolean before(Object a, Object b) {
    return ((Comparable) a).compareTo(b) < 0;
  }

  private static void close(Row open, Comparable<?> now, List<Row> rows) {
    if (open != null && before(open.from(), now)) {
      rows.add(new Row(open.values(), open.sequence(), null, open.from(), now));
    }
  }

  private boolean trackedDiffer(Row a, Row b) {
    return table.trackedColumns().stream()
        .mapToInt(table::indexOf)
        .anyMatch(i -> !Objects.equals(a.values().get(i), b.values().get(i)));
  }

  private List<Row> first(List<Change> sorted) {
    for (Change change : sorted) {
      if (change.kind() == Kind.UPSERT) {
        return List.of(row(change.values(), change.sequence(), null, null, null));
      }
    }
    return List.of();
  }

  private static Row row(
      Object[] values, Sequence sequence, Instant deletedAt, Comparable<?> from, Comparable<?> to) {
    return Row.of(new StoredRow(values.clone(), sequence, deletedAt, from, to));
  }
}
