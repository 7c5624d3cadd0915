package org.beamlakehouse.io.internal.files;

import java.io.Serializable;
import java.util.Objects;

/**
 * A file of a source as it was listed.
 *
 * @param path the file's identity: relative to the base folder with forward slashes where the
 *     source is configured relative to it, else the absolute path or URI
 * @param location where to open it: an absolute local path, or a URI
 * @param size bytes as stored, before decompression
 * @param modifiedMillis last modification, epoch milliseconds
 */
public record SourceFile(String path, String location, long size, long modifiedMillis)
    implements Serializable {
  public SourceFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(location, "location");
  }
}
