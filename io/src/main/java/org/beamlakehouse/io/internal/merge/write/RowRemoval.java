package org.beamlakehouse.io.internal.merge.write;

import java.util.List;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RowLevelOperationMode;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;

/**
 * How the rows that go are taken out of data files of which other rows stay, as the table's format
 * version and {@code write.merge.mode} say. A table that says nothing is merged on read.
 */
public enum RowRemoval {
  /** One deletion vector per data file; merge-on-read in format version 3. */
  VECTORS {
    @Override
    List<DeleteFile> remove(ShardWriter writer, Table table, List<StoredFile> files) {
      return writer.writeVectors(table, files);
    }
  },

  /** One file of positions per data file; merge-on-read in format version 2. */
  POSITION_DELETES {
    @Override
    List<DeleteFile> remove(ShardWriter writer, Table table, List<StoredFile> files) {
      return files.stream().map(file -> writer.writePositions(table, file)).toList();
    }
  },

  /** The rows that stay are written to a new file; copy-on-write. */
  REWRITTEN_FILES {
    @Override
    List<DeleteFile> remove(ShardWriter writer, Table table, List<StoredFile> files) {
      return List.of();
    }
  };

  /**
   * Writes the deletes of some data files, which hold what was deleted from them before as well.
   * None where the data files are rewritten.
   */
  abstract List<DeleteFile> remove(ShardWriter writer, Table table, List<StoredFile> files);

  /** The way of a table. */
  public static RowRemoval of(Table table) {
    String mode = table.properties().get(TableProperties.MERGE_MODE);
    if (mode != null
        && RowLevelOperationMode.fromName(mode) == RowLevelOperationMode.COPY_ON_WRITE) {
      return REWRITTEN_FILES;
    }
    return TableUtil.formatVersion(table) >= 3 ? VECTORS : POSITION_DELETES;
  }
}
