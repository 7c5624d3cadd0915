package org.beamlakehouse.io.internal.bronze.files;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What became of a {@link FileBatch}: data files that no snapshot has yet.
 *
 * @param units files that were read whole
 * @param failures one message per file that could not be taken in; no row of it was written
 * @param failure why nothing of the batch could be taken in, whatever its files; null where it was
 */
public record WrittenBatch(
    IngestRequest request,
    List<Unit> units,
    List<String> failures,
    long startedMillis,
    @Nullable String failure)
    implements Serializable {
  public WrittenBatch {
    units = List.copyOf(units);
    failures = List.copyOf(failures);
  }

  public WrittenBatch(
      IngestRequest request, List<Unit> units, List<String> failures, long startedMillis) {
    this(request, units, failures, startedMillis, null);
  }

  public static WrittenBatch failed(FileBatch batch, String failure) {
    return new WrittenBatch(batch.request(), List.of(), List.of(), batch.startedMillis(), failure);
  }

  /**
   * Files whose rows lie together in some data files.
   *
   * @param dataFiles data files as {@code FileJson} writes them; none for empty files
   * @param rows how many records the files hold
   */
  record Unit(List<TakenFile> files, List<String> dataFiles, long rows) implements Serializable {
    Unit {
      files = List.copyOf(files);
      dataFiles = List.copyOf(dataFiles);
    }
  }
}
