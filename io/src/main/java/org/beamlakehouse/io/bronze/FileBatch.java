package org.beamlakehouse.io.bronze;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.files.SourceFile;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Files for one worker to write.
 *
 * @param files new files; none in the one batch that stands for a request with nothing new
 * @param failures one message per file that planning refused; only in a request's first batch
 * @param startedMillis when planning began
 * @param failure why nothing of the request could be planned; null where it was
 */
record FileBatch(
    IngestRequest request,
    List<SourceFile> files,
    List<String> failures,
    long startedMillis,
    @Nullable String failure)
    implements Serializable {
  FileBatch {
    files = List.copyOf(files);
    failures = List.copyOf(failures);
  }

  FileBatch(
      IngestRequest request, List<SourceFile> files, List<String> failures, long startedMillis) {
    this(request, files, failures, startedMillis, null);
  }

  static FileBatch failed(IngestRequest request, String failure, long startedMillis) {
    return new FileBatch(request, List.of(), List.of(), startedMillis, failure);
  }
}
