package org.beamlakehouse.io.internal.iceberg.snapshot;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadata.MetadataLogEntry;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.util.SnapshotUtil;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The snapshots that made a table what it is, newest first: what they say of themselves is the
 * state that is in force. Snapshots on other branches, and such as were rolled back, do not belong
 * to it.
 *
 * <p>The one rule for histories that were cut off by the expiry of snapshots: they go on in the
 * table's earlier metadata files, as far as the table still names these. So what a snapshot said
 * survives a compaction and the expiry that follows it, whoever does them. Where even those files
 * are gone, the history is {@linkplain #isComplete not complete}, and nothing may be concluded from
 * what it lacks.
 */
public final class TableHistory {
  private static final int REMEMBERED = 100;

  /** Earlier snapshots that were found once; a stream would look for them with every tick. */
  private static final Map<Cut, Earlier> FOUND =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Cut, Earlier> eldest) {
              return size() > REMEMBERED;
            }
          });

  /** A snapshot that is no longer in a table's metadata, and the metadata file that says so. */
  private record Cut(UUID table, long snapshot, String metadata) {}

  /** Snapshots from a cut on; complete where the last one is the table's first. */
  private record Earlier(List<Snapshot> snapshots, boolean complete) {}

  private final Table table;
  private final @Nullable Snapshot newest;

  private TableHistory(Table table, @Nullable Snapshot newest) {
    this.table = requireNonNull(table, "table");
    this.newest = newest;
  }

  /** The history of a table's current snapshot; empty where it has none. */
  public static TableHistory of(Table table) {
    return new TableHistory(table, table.currentSnapshot());
  }

  /** The history of one of the snapshots that the table's metadata has. */
  public static TableHistory of(Table table, long snapshot) {
    return new TableHistory(table, table.snapshot(snapshot));
  }

  /** The snapshots that the table's metadata has, newest first. */
  public Iterable<Snapshot> known() {
    return newest == null
        ? List.of()
        : SnapshotUtil.ancestorsOf(newest.snapshotId(), table::snapshot);
  }

  /** What the nearest snapshot that says anything says; null where none does. */
  public <T> @Nullable T nearest(Function<Snapshot, @Nullable T> said) {
    Snapshot oldest = null;
    for (Snapshot snapshot : known()) {
      T value = said.apply(snapshot);
      if (value != null) {
        return value;
      }
      oldest = snapshot;
    }
    return oldest == null || oldest.parentId() == null
        ? null
        : nearest(earlier(oldest.parentId()).snapshots(), said);
  }

  /** What the nearest summary that has a key says under it; null where none has it. */
  public @Nullable String nearest(String key) {
    return nearest(snapshot -> snapshot.summary().get(key));
  }

  /** The same of the snapshots that a validator of a commit is given. */
  public static @Nullable String nearest(Iterable<Snapshot> ancestry, String key) {
    return nearest(ancestry, snapshot -> snapshot.summary().get(key));
  }

  private static <T> @Nullable T nearest(
      Iterable<Snapshot> snapshots, Function<Snapshot, @Nullable T> said) {
    for (Snapshot snapshot : snapshots) {
      T value = said.apply(snapshot);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** The nearest snapshot whose summary has a value under a key; null where none is known. */
  public @Nullable Snapshot find(String key, String value) {
    for (Snapshot snapshot : known()) {
      if (value.equals(snapshot.summary().get(key))) {
        return snapshot;
      }
    }
    return null;
  }

  /** True where a snapshot belongs to this history. */
  public boolean contains(long snapshotId) {
    return nearest(snapshot -> snapshot.snapshotId() == snapshotId ? snapshot : null) != null;
  }

  /** True where the history goes back to the table's first snapshot, or there is none at all. */
  public boolean isComplete() {
    Snapshot oldest = null;
    for (Snapshot snapshot : known()) {
      oldest = snapshot;
    }
    return oldest == null || oldest.parentId() == null || earlier(oldest.parentId()).complete();
  }

  private Earlier earlier(long missing) {
    if (!(table instanceof HasTableOperations operations)) {
      return new Earlier(List.of(), false);
    }
    TableMetadata metadata = operations.operations().current();
    Cut cut = new Cut(table.uuid(), missing, String.valueOf(metadata.metadataFileLocation()));
    Earlier found = FOUND.get(cut);
    if (found == null) {
      found = read(metadata, missing);
      FOUND.put(cut, found);
    }
    return found;
  }

  private Earlier read(TableMetadata metadata, long missing) {
    List<MetadataLogEntry> files = new ArrayList<>(metadata.previousFiles());
    Map<Long, Snapshot> known = new HashMap<>();
    List<Snapshot> snapshots = new ArrayList<>();
    Long next = missing;
    while (next != null) {
      Snapshot snapshot = known.get(next);
      if (snapshot != null) {
        snapshots.add(snapshot);
        next = snapshot.parentId();
      } else if (files.isEmpty()) {
        return new Earlier(List.copyOf(snapshots), false);
      } else {
        addSnapshots(files.remove(files.size() - 1).file(), known);
      }
    }
    return new Earlier(List.copyOf(snapshots), true);
  }

  private void addSnapshots(String file, Map<Long, Snapshot> known) {
    try {
      for (Snapshot snapshot : TableMetadataParser.read(table.io(), file).snapshots()) {
        known.putIfAbsent(snapshot.snapshotId(), snapshot);
      }
    } catch (NotFoundException e) {
      // Trimmed by somebody who did not say so in the metadata; older ones may be there.
      return;
    }
  }
}
