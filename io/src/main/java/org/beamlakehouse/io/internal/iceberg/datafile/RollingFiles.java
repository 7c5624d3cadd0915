package org.beamlakehouse.io.internal.iceberg.datafile;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;

/**
 * Writes rows into data files of a table that are not yet part of it, one after the other. No file
 * is made before the first row. Not thread-safe.
 *
 * <p>What is not {@linkplain #finish finished} is to be {@linkplain #abort aborted}.
 */
public final class RollingFiles {
  private final Table table;
  private final Supplier<RowWriter> opener;
  private final List<DataFile> finished = new ArrayList<>();
  private RowWriter writer;

  /**
   * Files of a table.
   *
   * @param opener opens the next file
   */
  public RollingFiles(Table table, Supplier<RowWriter> opener) {
    this.table = table;
    this.opener = opener;
  }

  /** Appends a row to the current file. */
  public void write(StructLike row) {
    if (writer == null) {
      writer = opener.get();
    }
    writer.write(row);
  }

  /** Ends the current file; the next row begins another. */
  public void roll() {
    if (writer != null) {
      finished.add(writer.finish());
      writer = null;
    }
  }

  /**
   * Ends the current file and gives all of them as {@link FileJson}. They are the caller's from now
   * on: whoever gets them may commit them, whatever becomes of the step that wrote them.
   */
  public List<String> finish() {
    roll();
    List<String> given = finished.stream().map(file -> FileJson.write(table, file)).toList();
    finished.clear();
    return given;
  }

  /** Deletes what was written and not {@linkplain #finish given}. */
  public void abort() {
    if (writer != null) {
      writer.close();
      writer = null;
    }
    for (DataFile file : finished) {
      table.io().deleteFile(file.location());
    }
    finished.clear();
  }
}
