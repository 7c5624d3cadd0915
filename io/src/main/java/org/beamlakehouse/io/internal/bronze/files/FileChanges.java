package org.beamlakehouse.io.internal.bronze.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.io.FileIO;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.files.SourceFiles;

/**
 * Finds out which files are no longer what was ingested: by their size, and where their time is
 * another one, by their content. Not thread-safe.
 *
 * <p>A file that was written anew with the same size and within the same millisecond (second, on
 * some stores) is not noticed.
 */
final class FileChanges {
  private static final int REMEMBERED = 100_000;

  /** Files that were read to compare them: where a folder was copied, all have another time. */
  private static final Map<SourceFile, Long> CHECKSUMS =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<SourceFile, Long> eldest) {
              return size() > REMEMBERED;
            }
          });

  private final Supplier<? extends FileIO> store;
  private final List<ChangedFile> changed = new ArrayList<>();
  private final List<String> untold = new ArrayList<>();

  FileChanges(Supplier<? extends FileIO> store) {
    this.store = store;
  }

  /** Compares a file with what was ingested of it. */
  void compare(IngestedFiles.Entry ingested, SourceFile file) {
    if (ingested.size() != file.size() && ingested.size() != IngestedFiles.UNKNOWN) {
      differs(
          file,
          "it had "
              + ingested.size()
              + " bytes when it was ingested and has "
              + file.size()
              + " now");
    } else if (ingested.modifiedMillis() != file.modifiedMillis()
        && ingested.modifiedMillis() != IngestedFiles.UNKNOWN) {
      compareContent(ingested, file);
    }
  }

  private void compareContent(IngestedFiles.Entry ingested, SourceFile file) {
    if (ingested.checksum() == IngestedFiles.UNKNOWN) {
      untold.add(file.path());
      return;
    }
    try {
      if (checksum(file) != ingested.checksum()) {
        differs(file, "it holds something else than when it was ingested");
      }
    } catch (IOException e) {
      changed.add(
          new ChangedFile(
              file,
              "Cannot tell whether "
                  + file.path()
                  + " is what was ingested: "
                  + e.getMessage()
                  + "; the next run tries again"));
    }
  }

  private long checksum(SourceFile file) throws IOException {
    Long known = CHECKSUMS.get(file);
    if (known == null) {
      known = SourceFiles.checksum(file, store);
      CHECKSUMS.put(file, known);
    }
    return known;
  }

  private void differs(SourceFile file, String how) {
    changed.add(
        new ChangedFile(
            file,
            "Cannot ingest "
                + file.path()
                + " again: "
                + how
                + ", but files are immutable; put what is new into a new file, or give this one a"
                + " new name to have it ingested as a whole"));
  }

  /** The files that are not what they were, in the order of the comparisons. */
  List<ChangedFile> changed() {
    return changed;
  }

  /** What is to be told of files that may have changed: earlier versions kept no checksum. */
  Optional<String> untold() {
    return untold.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Cannot tell whether "
                + untold.get(0)
                + (untold.size() == 1 ? "" : " and " + (untold.size() - 1) + " more files")
                + " changed since they were ingested: their time is another, their size is not, and"
                + " the version that ingested them kept no checksum; a file that was changed needs"
                + " a new name to be ingested");
  }
}
