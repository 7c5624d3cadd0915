package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.FileJson;

/** The files of some results as Iceberg's commits take them. */
final class TableFiles {
  private TableFiles() {}

  /** Data files of a table, from what a worker sent of each result. */
  static List<DataFile> data(
      Table table, List<BucketResult> results, Function<BucketResult, List<String>> part) {
    List<DataFile> files = new ArrayList<>();
    for (BucketResult result : results) {
      part.apply(result).forEach(json -> files.add(FileJson.dataFile(table, json)));
    }
    return files;
  }

  /** Delete files of a table, from what a worker sent of each result. */
  static List<DeleteFile> deletes(
      Table table, List<BucketResult> results, Function<BucketResult, List<String>> part) {
    List<DeleteFile> files = new ArrayList<>();
    for (BucketResult result : results) {
      part.apply(result).forEach(json -> files.add(FileJson.deleteFile(table, json)));
    }
    return files;
  }
}
