package org.beamlakehouse.io.bronze;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.files.SourceFile;

/**
 * Files for one worker to write.
 *
 * @param files new files; none in the one batch that stands for a request with nothing new
 * @param failures one message per file that planning refused; only in a request's first batch
 * @param startedMillis when planning began
 */
record FileBatch(
    IngestRequest request, List<SourceFile> files, List<String> failures, long startedMillis)
    implements Serializable {
  FileBatch {
    files = List.copyOf(files);
    failures = List.copyOf(failures);
  }
}
