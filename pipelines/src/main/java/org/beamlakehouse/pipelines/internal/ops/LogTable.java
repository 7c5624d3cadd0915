package org.beamlakehouse.pipelines.internal.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.table.Column;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A log of what happened to tables, which records everything once: each of its commits names the
 * part of a run that it is about and, for each table, up to which of the table's commits it is
 * recorded. A commit holds for the very state of the log that it was computed from.
 */
final class LogTable {
  /** Which part of a run a commit of the log is about. */
  private static final String STAMP = "beam-lakehouse.run";

  /** Up to where tables are recorded with a commit of the log: {@code {"table": "uuid@7"}}. */
  private static final String MARKS = "beam-lakehouse.recorded";

  private static final int ATTEMPTS = 20;
  private static final int LONGEST_WAIT_MILLIS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Table table;

  private LogTable(Table table) {
    this.table = table;
  }

  /**
   * What is to be appended.
   *
   * @param rows the rows, in the order of the columns
   * @param marks by table, see {@link #mark}
   */
  record News(List<Object[]> rows, Map<String, String> marks) {}

  /** The log of a name, created where it is missing, with the columns that it lacks. */
  static LogTable of(CatalogConfig catalog, String name, List<Column> columns) {
    Table table =
        Catalogs.loadOrCreate(
            catalog,
            name,
            IcebergTypes.schema(columns),
            PartitionSpec.unpartitioned(),
            Map.of(
                TableProperties.FORMAT_VERSION, "3",
                TableProperties.PARQUET_COMPRESSION, "zstd"));
    UpdateSchema update = null;
    for (Types.NestedField field : IcebergTypes.schema(columns).columns()) {
      if (table.schema().findField(field.name()) == null) {
        update = update == null ? table.updateSchema() : update;
        update.addColumn(field.name(), field.type());
      }
    }
    if (update != null) {
      update.commit();
    }
    return new LogTable(table);
  }

  /** A mark: a table is recorded up to the snapshot with a sequence number. */
  static String mark(String uuid, long sequence) {
    return uuid + "@" + sequence;
  }

  /**
   * Appends what a state of the log lacks. Where somebody else appends in between, it is asked
   * again what that is.
   */
  void append(String stamp, Function<State, News> news) {
    for (int attempt = 1; ; attempt++) {
      State state = new State();
      News next = news.apply(state);
      if (next.rows().isEmpty()) {
        return;
      }
      try {
        append(stamp, next, state.base);
        return;
      } catch (ValidationException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        pause();
        table.refresh();
      }
    }
  }

  private void append(String stamp, News news, @Nullable Long base) {
    DataFile file = write(news.rows());
    AppendFiles append =
        table.newAppend().scanManifestsWith(ManifestThreads.of(table)).appendFile(file);
    if (!stamp.isEmpty()) {
      append.set(STAMP, stamp);
    }
    if (!news.marks().isEmpty()) {
      try {
        append.set(MARKS, JSON.writeValueAsString(news.marks()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Cannot write what is recorded in " + table.name(), e);
      }
    }
    CommitOnce.commit(
        table,
        append,
        new SnapshotAncestryValidator() {
          @Override
          public boolean validate(Iterable<Snapshot> ancestry) {
            var newest = ancestry.iterator();
            return Objects.equals(base, newest.hasNext() ? newest.next().snapshotId() : null);
          }

          @Override
          public String errorMessage() {
            return "others keep writing the log of runs; run again";
          }
        });
  }

  private DataFile write(List<Object[]> rows) {
    List<Types.NestedField> columns = table.schema().columns();
    try (RowWriter writer = RowWriter.open(table)) {
      for (Object[] row : rows) {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
          values[i] = InternalValues.of(columns.get(i).type(), row[i]);
        }
        writer.write(values);
      }
      return writer.finish();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_WAIT_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot write the log of runs: interrupted", e);
    }
  }

  /** What the log has at some time. */
  final class State {
    private final @Nullable Long base =
        table.currentSnapshot() == null ? null : table.currentSnapshot().snapshotId();
    private final Map<String, String> marks = new HashMap<>();

    /** What was not looked at for marks yet: those wanted are mostly among the newest. */
    private final Iterator<Snapshot> older = TableHistory.of(table).known().iterator();

    /** Whether a part of a run that began at some time is recorded. */
    boolean has(String stamp, long sinceMillis) {
      for (Snapshot snapshot : TableHistory.of(table).known()) {
        if (stamp.equals(snapshot.summary().get(STAMP))) {
          return true;
        }
        if (snapshot.timestampMillis() < sinceMillis) {
          return false;
        }
      }
      return false;
    }

    /** Sequence number up to which a table is recorded; null where no commit of the log tells. */
    @Nullable Long mark(String name, String uuid) {
      while (!marks.containsKey(name) && older.hasNext()) {
        marksOf(older.next()).forEach(marks::putIfAbsent);
      }
      return sequence(marks.get(name), uuid);
    }

    /** Likewise, of what was recorded since a time. */
    @Nullable Long recentMark(String name, String uuid, long sinceMillis) {
      for (Snapshot snapshot : TableHistory.of(table).known()) {
        if (snapshot.timestampMillis() < sinceMillis) {
          return null;
        }
        String mark = marksOf(snapshot).get(name);
        if (mark != null) {
          return sequence(mark, uuid);
        }
      }
      return null;
    }

    /** The snapshots of tables whose commits have rows, as {@code table@snapshot}. */
    Set<String> snapshotsOf(Set<String> names) {
      Set<String> found = new HashSet<>();
      try (CloseableIterable<Record> rows =
          IcebergGenerics.read(table)
              .where(Expressions.in("table_name", names))
              // What made no snapshot names the one that it found.
              .where(
                  Expressions.in(
                      "status", CommittedSnapshot.COMMITTED, CommittedSnapshot.INCOMPLETE))
              .select("table_name", "snapshot_id")
              .build()) {
        rows.forEach(
            row -> found.add(row.getField("table_name") + "@" + row.getField("snapshot_id")));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + table.name() + ": " + e.getMessage(), e);
      }
      return found;
    }

    private static @Nullable Long sequence(@Nullable String mark, String uuid) {
      int at = mark == null ? -1 : mark.indexOf('@');
      return at < 0
          ? null
          // A table that was dropped and made anew is recorded from its beginning.
          : mark.substring(0, at).equals(uuid) ? Long.valueOf(mark.substring(at + 1)) : null;
    }

    private static Map<String, String> marksOf(Snapshot snapshot) {
      String json = snapshot.summary().get(MARKS);
      if (json == null) {
        return Map.of();
      }
      try {
        return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
      } catch (JsonProcessingException e) {
        return Map.of();
      }
    }
  }
}
