package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Temporary folders of servers. */
final class Folders {
  private Folders() {}

  /** A new folder whose name begins with that of the server. */
  static Path create(String server) {
    try {
      return Files.createTempDirectory("lakehouse-" + server + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot create a temporary folder: set java.io.tmpdir to a writable folder", e);
    }
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Writes a file that {@link java.util.Properties} reads. */
  static Path writeProperties(Path file, Map<String, String> properties) {
    return write(
        file,
        properties.entrySet().stream()
            .map(property -> property.getKey() + "=" + property.getValue().replace("\\", "\\\\"))
            .toList());
  }

  /** Writes a file of lines. */
  static Path write(Path file, List<String> lines) {
    try {
      return Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
