package org.beamlakehouse.io.internal.merge.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;

/** The files of some results as Iceberg's commits take them. */
public final class ResultFiles {
  private ResultFiles() {}

  /** Data files of a table, from what a worker sent of each result. */
  public static List<DataFile> data(
      Table table, List<ShardResult> results, Function<ShardResult, List<String>> part) {
    List<DataFile> files = new ArrayList<>();
    for (ShardResult result : results) {
      part.apply(result).forEach(json -> files.add(FileJson.dataFile(table, json)));
    }
    return files;
  }

  /** Delete files of a table, from what a worker sent of each result. */
  static List<DeleteFile> deletes(
      Table table, List<ShardResult> results, Function<ShardResult, List<String>> part) {
    List<DeleteFile> files = new ArrayList<>();
    for (ShardResult result : results) {
      part.apply(result).forEach(json -> files.add(FileJson.deleteFile(table, json)));
    }
    return files;
  }
}
