package org.beamlakehouse.io.bronze;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.files.SourceFile;

/**
 * Files for one worker to write.
 *
 * @param files new files; none in the one batch that stands for a request with nothing new
 * @param messages what planning had to say; only in a request's first batch
 * @param startedMillis when planning began
 */
record FileBatch(
    IngestRequest request, List<SourceFile> files, List<String> messages, long startedMillis)
    implements Serializable {
  FileBatch {
    files = List.copyOf(files);
    messages = List.copyOf(messages);
  }
}
