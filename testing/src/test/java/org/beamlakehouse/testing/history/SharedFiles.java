package org.beamlakehouse.testing.history;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Files that some working copies have in a folder {@code shared} beside the repository. */
final class SharedFiles {
  private SharedFiles() {}

  /** A file or folder; where it is not there the test is skipped. */
  static Path path(String name) {
    Path found = null;
    for (Path at = Path.of("").toAbsolutePath(); at != null && found == null; at = at.getParent()) {
      Path path = at.resolve("shared").resolve(name);
      found = Files.exists(path) ? path : null;
    }
    if (found == null) {
      String suite = StackWalker.getInstance().walk(SharedFiles::callers);
      String missing = "there is no shared/" + name + " beside the repository";
      // The reason of a skipped test is shown nowhere.
      System.err.println("DID NOT RUN: " + suite + ": " + missing);
      assumeTrue(false, missing);
    }
    return found;
  }

  private static String callers(Stream<StackWalker.StackFrame> frames) {
    return frames
        .map(StackWalker.StackFrame::getClassName)
        .filter(name -> !name.equals(SharedFiles.class.getName()))
        .findFirst()
        .orElseThrow();
  }

  /** The lines of a gzipped text file. */
  static List<String> unzippedLines(Path file) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
