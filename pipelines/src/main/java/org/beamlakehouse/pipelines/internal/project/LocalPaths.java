package org.beamlakehouse.pipelines.internal.project;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Makes relative local paths absolute; everything with a scheme stays as it is. */
final class LocalPaths {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
  private static final String SQLITE = "jdbc:sqlite:";

  private final Path folder;

  /** With the folder that paths are relative to. */
  LocalPaths(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /** Resolves a path or glob: {@code data/*.jsonl} becomes {@code /project/data/*.jsonl}. */
  String resolve(String path) {
    if (path.startsWith("/") || SCHEME.matcher(path).matches()) {
      return path;
    }
    String relative = path.startsWith("./") ? path.substring(2) : path;
    return folder + (folder.toString().endsWith("/") ? "" : "/") + relative;
  }

  /** Resolves the file of an SQLite address: {@code jdbc:sqlite:warehouse/catalog.db}. */
  String resolveUri(String uri) {
    if (!uri.startsWith(SQLITE) || uri.startsWith(SQLITE + ":")) {
      return uri;
    }
    return SQLITE + resolve(uri.substring(SQLITE.length()));
  }
}
