package org.beamlakehouse.io.internal.merge.stored;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.expressions.Projections;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.PropertyUtil;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the files of a table that may hold rows of a condition, as Iceberg's planning does: by
 * their partitions and by the bounds of their columns. A worker merges one shard of a table after
 * the other into the same snapshot, and manifests are not sorted by shards: they are read once, and
 * each condition looks among the files listed then. The files of a table that has very many are
 * looked for in the manifests each time instead, which takes no memory. Safe for use by several
 * threads.
 */
public final class FilePlanner {
  /** A listed file takes a few kilobytes. */
  private static final long MOST_FILES = 10_000;

  private final Set<String> columns;
  private final long mostFiles;
  private @Nullable Listing last;

  private record Listing(long snapshot, List<FileScanTask> files) {}

  /**
   * A planner for conditions on some columns.
   *
   * @param columns those whose bounds tell files apart
   */
  public FilePlanner(Collection<String> columns) {
    this(columns, MOST_FILES);
  }

  /**
   * As the other one.
   *
   * @param mostFiles how many files of a table are held in memory
   */
  public FilePlanner(Collection<String> columns, long mostFiles) {
    this.columns = Set.copyOf(columns);
    this.mostFiles = mostFiles;
  }

  /** The live files, with their deletes, that may hold rows of a condition in a snapshot. */
  List<FileScanTask> plan(Table table, long snapshot, Expression condition) throws IOException {
    TableScan scan = table.newScan().planWith(ManifestThreads.of(table));
    if (table.currentSnapshot().snapshotId() != snapshot) {
      scan = scan.useSnapshot(snapshot);
    }
    // Else columns have the names of the table, which may have changed since the snapshot.
    return files(table, snapshot) > mostFiles
        ? list(scan.filter(condition))
        : listing(scan, snapshot).stream().filter(new Matcher(table, condition)::matches).toList();
  }

  private synchronized List<FileScanTask> listing(TableScan scan, long snapshot)
      throws IOException {
    if (last == null || last.snapshot() != snapshot) {
      last = new Listing(snapshot, list(scan.includeColumnStats(columns)));
    }
    return last.files();
  }

  private static List<FileScanTask> list(TableScan scan) throws IOException {
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      List<FileScanTask> files = new ArrayList<>();
      tasks.forEach(files::add);
      return files;
    }
  }

  /** How many files a snapshot has; very many where it does not say. */
  private static long files(Table table, long snapshot) {
    return PropertyUtil.propertyAsLong(
        table.snapshot(snapshot).summary(), SnapshotSummary.TOTAL_DATA_FILES_PROP, Long.MAX_VALUE);
  }

  /** A condition on files of any of a table's specs. */
  private static final class Matcher {
    private final Map<Integer, PartitionSpec> specs;
    private final Expression condition;
    private final InclusiveMetricsEvaluator bounds;
    private final Map<Integer, Evaluator> partitions = new HashMap<>();

    Matcher(Table table, Expression condition) {
      Schema schema = table.schema();
      this.specs = table.specs();
      this.condition = condition;
      this.bounds = new InclusiveMetricsEvaluator(schema, condition);
    }

    boolean matches(FileScanTask task) {
      DataFile file = task.file();
      return partitions.computeIfAbsent(file.specId(), this::ofSpec).eval(file.partition())
          && bounds.eval(file);
    }

    private Evaluator ofSpec(int id) {
      PartitionSpec spec = specs.get(id);
      return new Evaluator(spec.partitionType(), Projections.inclusive(spec).project(condition));
    }
  }
}
