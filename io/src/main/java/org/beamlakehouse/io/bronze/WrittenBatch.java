package org.beamlakehouse.io.bronze;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.files.SourceFile;

/**
 * What became of a {@link FileBatch}: data files that no snapshot has yet.
 *
 * @param units files that were read whole
 * @param failures one message per file that could not be read; no row of it was written
 * @param messages what planning had to say
 */
record WrittenBatch(
    IngestRequest request,
    List<Unit> units,
    List<String> failures,
    List<String> messages,
    long startedMillis)
    implements Serializable {
  WrittenBatch {
    units = List.copyOf(units);
    failures = List.copyOf(failures);
    messages = List.copyOf(messages);
  }

  /**
   * Files whose rows lie together in some data files, and so are committed together or not at all.
   *
   * @param dataFiles data files as {@code FileJson} writes them; none for empty files
   * @param rows how many records the files hold
   */
  record Unit(List<SourceFile> files, List<String> dataFiles, long rows) implements Serializable {
    Unit {
      files = List.copyOf(files);
      dataFiles = List.copyOf(dataFiles);
    }
  }
}
