package org.beamlakehouse.runners.flink.live;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a table's rows have been, by the log, told as simply as can be: each change is played as it
 * comes, on the row of its key.
 */
final class WalHistory {
  private final SourceTable table;
  private final Map<List<String>, Key> all = new HashMap<>();
  private long changes;

  /** What is known of a key. */
  private static final class Key {
    private List<@Nullable String> values;
    private @Nullable Instant deletedAt;
    private final List<Version> versions = new ArrayList<>();
  }

  /** A stretch of time in which a row had the same values. */
  static final class Version {
    private final Instant from;
    private @Nullable Instant to;
    private List<@Nullable String> values;

    private Version(Instant from, List<@Nullable String> values) {
      this.from = from;
      this.values = values;
    }

    Instant from() {
      return from;
    }

    @Nullable Instant to() {
      return to;
    }

    List<@Nullable String> values() {
      return values;
    }
  }

  /**
   * A row that was deleted.
   *
   * @param values what they were last
   */
  record Deleted(List<@Nullable String> values, Instant at) {}

  /**
   * The history of a table. Columns that it does not track show their newest value in the version
   * that this falls in.
   */
  WalHistory(SourceTable table) {
    this.table = table;
  }

  /** Plays a change. */
  void play(WalChange change) {
    changes++;
    if (change.isTruncate()) {
      all.values().forEach(key -> end(key, change.at()));
      return;
    }
    Key old = change.before() == null ? null : all.get(change.before());
    if (change.after() == null) {
      end(old, change.at());
      return;
    }
    List<String> values = new ArrayList<>(change.after());
    for (int i = 0; i < values.size(); i++) {
      if (WalChange.isUnchanged(values.get(i))) {
        values.set(i, old.values.get(i));
      }
    }
    List<String> key = List.copyOf(values.subList(0, table.keys()));
    if (change.before() != null && !change.before().equals(key)) {
      end(old, change.at());
    }
    put(all.computeIfAbsent(key, unused -> new Key()), values, change.at());
  }

  private static void end(Key key, Instant at) {
    close(key, at);
    key.deletedAt = at;
  }

  private static void close(Key key, Instant at) {
    if (!key.versions.isEmpty() && last(key).to == null) {
      last(key).to = at;
    }
  }

  private void put(Key key, List<@Nullable String> values, Instant at) {
    boolean open = !key.versions.isEmpty() && last(key).to == null;
    if (open && isSame(last(key).values, values)) {
      last(key).values = values;
    } else {
      close(key, at);
      key.versions.add(new Version(at, values));
    }
    key.values = values;
    key.deletedAt = null;
  }

  private boolean isSame(List<@Nullable String> a, List<@Nullable String> b) {
    for (int i = 0; i < a.size(); i++) {
      if (table.tracks(i) && !Objects.equals(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Version last(Key key) {
    return key.versions.get(key.versions.size() - 1);
  }

  /** How many changes were played. */
  long changes() {
    return changes;
  }

  /** The versions of all keys that took any time. */
  List<Version> versions() {
    List<Version> versions = new ArrayList<>();
    for (Key key : all.values()) {
      for (Version version : key.versions) {
        if (version.to == null || version.from.isBefore(version.to)) {
          versions.add(version);
        }
      }
    }
    return versions;
  }

  /** The rows that are no more, each as it was last. */
  List<Deleted> deleted() {
    List<Deleted> deleted = new ArrayList<>();
    for (Key key : all.values()) {
      if (key.deletedAt != null) {
        deleted.add(new Deleted(key.values, key.deletedAt));
      }
    }
    return deleted;
  }
}
