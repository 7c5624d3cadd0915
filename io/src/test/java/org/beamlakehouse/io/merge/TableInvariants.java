package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.PropertyUtil;
import org.beamlakehouse.io.internal.merge.table.RewriteThreshold;
import org.beamlakehouse.io.internal.merge.write.RowRemoval;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;

/** What must hold of a table that only merges have written, whatever was merged. */
public final class TableInvariants {
  private TableInvariants() {}

  /** A row's lineage as Iceberg's own reader gives it, and what the row is. */
  public record Lineage(Long id, Long updated, String row) {}

  /** Deletes are of the table's kind, at most one per data file, and leave some row of it. */
  public static void checkFiles(String of, Table table) {
    RowRemoval removal = RowRemoval.of(table);
    for (FileScanTask task : TestTables.files(table)) {
      List<DeleteFile> deletes = task.deletes();
      assertThat(
          "equality deletes: " + of,
          deletes.stream().filter(d -> d.content() == FileContent.EQUALITY_DELETES).toList(),
          empty());
      assertThat("deletes of a file: " + of, deletes.size(), lessThanOrEqualTo(1));
      assertThat(
          "rows deleted of a file: " + of,
          deletes.stream().mapToLong(DeleteFile::recordCount).sum(),
          lessThan(task.file().recordCount()));
      if (removal == RowRemoval.REWRITTEN_FILES) {
        assertThat("deletes of a copied file: " + of, deletes, empty());
      }
      assertThat(
          "format of deletes: " + of,
          deletes.stream().map(DeleteFile::format).toList(),
          everyItem(is(removal == RowRemoval.VECTORS ? FileFormat.PUFFIN : FileFormat.PARQUET)));
    }
  }

  /** No file has more deleted rows than the table allows. */
  public static void checkDeletedShares(String of, Table table) {
    double threshold = PropertyUtil.propertyAsDouble(table.properties(), RewriteThreshold.KEY, 1);
    for (FileScanTask task : TestTables.files(table)) {
      assertThat(
          "rows deleted of a file: " + of,
          (double) task.deletes().stream().mapToLong(DeleteFile::recordCount).sum(),
          lessThan(threshold * task.file().recordCount()));
    }
  }

  /** The lineage of each row by its key and version; nothing where the table has no row ids. */
  public static Map<String, Lineage> lineage(Table table, TableDefinition definition) {
    Map<String, Lineage> rows = new HashMap<>();
    if (!TableUtil.supportsRowLineage(table)) {
      return rows;
    }
    int read = 0;
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(table)
            .project(MetadataColumns.schemaWithRowLineage(table.schema()))
            .build()) {
      for (Record record : records) {
        StringBuilder version = new StringBuilder();
        definition.keyColumns().forEach(key -> version.append(record.getField(key)).append(' '));
        if (definition.storage() == StorageType.HISTORY) {
          version.append(record.getField(SystemColumns.VALID_FROM));
        }
        Long id = (Long) record.getField(MetadataColumns.ROW_ID.name());
        Long updated = (Long) record.getField(MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER.name());
        rows.put(version.toString(), new Lineage(id, updated, TestTables.text(table, record)));
        read++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat("versions", rows.keySet(), hasSize(read));
    // A table that was just upgraded has no ids before its next commit.
    List<Long> ids = rows.values().stream().map(Lineage::id).filter(Objects::nonNull).toList();
    assertThat("row ids of " + table.name(), Set.copyOf(ids), hasSize(ids.size()));
    return rows;
  }

  /** Rows keep their ids, and tell the last commit that changed them. */
  public static void checkLineage(
      String of, Map<String, Lineage> before, Map<String, Lineage> now, long sequence) {
    now.forEach(
        (version, row) -> {
          Lineage old = before.get(version);
          boolean changed = old == null || !old.row().equals(row.row());
          if (old != null && old.id() != null) {
            assertThat("row id of " + version + ": " + of, row.id(), is(old.id()));
          }
          if (old == null || old.updated() != null) {
            assertThat(
                "last update of " + version + ": " + of,
                row.updated(),
                is(changed ? Long.valueOf(sequence) : old.updated()));
          }
        });
  }
}
