package org.beamlakehouse.io.internal.bronze.files;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Files for one worker to write.
 *
 * @param files new files; none in the one batch that stands for a request with nothing new
 * @param failures one message per file that planning refused; only in a request's first batch
 * @param startedMillis when planning began
 * @param failure why nothing of the request could be planned; null where it was
 */
public record FileBatch(
    IngestRequest request,
    List<SourceFile> files,
    List<String> failures,
    long startedMillis,
    @Nullable String failure)
    implements Serializable {
  public FileBatch {
    files = List.copyOf(files);
    failures = List.copyOf(failures);
  }

  public FileBatch(
      IngestRequest request, List<SourceFile> files, List<String> failures, long startedMillis) {
    this(request, files, failures, startedMillis, null);
  }

  public static FileBatch failed(IngestRequest request, String failure, long startedMillis) {
    return new FileBatch(request, List.of(), List.of(), startedMillis, failure);
  }
}
