package org.beamlakehouse.testing.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.util.StructLikeMap;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.snapshot.SnapshotReader;

/**
 * A catalog in which others are often faster: right before a commit of any table somebody else
 * compacts it, or changes a property of it. Neither changes what the table holds.
 */
public final class RacingCatalog extends JdbcCatalog {
  private static final Queue<String> COMPACTED = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger OTHERS = new AtomicInteger();
  private static volatile boolean racing;

  private final Random random = new Random(20_261_122);

  /** Tables of which a commit has just lost; the next one is left alone, or none would ever win. */
  private final Set<TableIdentifier> lost = new HashSet<>();

  /** Begins or ends the race; nobody races at first. */
  static void race(boolean begin) {
    racing = begin;
  }

  /** The tables of which a commit came right behind a compaction, once for each. */
  static Collection<String> compacted() {
    return COMPACTED;
  }

  /** How many commits came right behind another change of the table. */
  static int otherChanges() {
    return OTHERS.get();
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier table) {
    TableOperations operations = super.newTableOps(table);
    return (TableOperations)
        Proxy.newProxyInstance(
            TableOperations.class.getClassLoader(),
            new Class<?>[] {TableOperations.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit") && arguments[0] != null) {
                maybeRace(table);
              }
              try {
                return method.invoke(operations, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void maybeRace(TableIdentifier name) {
    synchronized (lost) {
      if (!racing || lost.remove(name) || random.nextBoolean()) {
        return;
      }
      lost.add(name);
    }
    Table table = new BaseTable(super.newTableOps(name), name.toString());
    if (table.currentSnapshot() != null && random.nextInt(4) > 0 && compact(table)) {
      COMPACTED.add(name.toString());
    } else {
      table.updateProperties().set("raced", String.valueOf(OTHERS.incrementAndGet())).commit();
    }
  }

  /** Rewrites all files into one per partition, without deletes; false where there are none. */
  private static boolean compact(Table table) {
    SnapshotReader reader = new SnapshotReader(table, table.schema());
    InternalRecordWrapper internal = new InternalRecordWrapper(table.schema().asStruct());
    Map<StructLike, RowWriter> files = StructLikeMap.create(table.spec().partitionType());
    long base = table.currentSnapshot().snapshotId();
    RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(base);
    boolean any = false;
    for (FileScanTask task : reader.plan(base, Expressions.alwaysTrue())) {
      any = true;
      rewrite.deleteFile(task.file());
      task.deletes().forEach(rewrite::deleteFile);
      try {
        reader.read(
            task,
            row -> {
              StructLike values = internal.wrap(row);
              StructLike partition = RowWriter.partition(table, values);
              files
                  .computeIfAbsent(partition, unused -> RowWriter.open(table, partition))
                  .write(values);
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    files.values().forEach(file -> rewrite.addFile(file.finish()));
    if (any) {
      rewrite.commit();
    }
    return any;
  }
}
