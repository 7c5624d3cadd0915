package org.beamlakehouse.io.internal.bronze.files;

import java.io.Serializable;
import org.beamlakehouse.io.internal.files.SourceFile;

/**
 * A file that was read whole.
 *
 * @param file the file as it was listed
 * @param checksum of its bytes as they were read
 */
record TakenFile(SourceFile file, long checksum) implements Serializable {
  String path() {
    return file.path();
  }
}
