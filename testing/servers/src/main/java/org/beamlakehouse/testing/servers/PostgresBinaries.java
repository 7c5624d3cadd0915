package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs of PostgreSQL, unpacked once per machine to the temporary folder. */
final class PostgresBinaries {
  private static final String NAME = "postgres";
  private static final Pattern JAR = Pattern.compile("embedded-(postgres-binaries-[^/]+)\\.jar");

  private PostgresBinaries() {}

  /** The folder of the programs. */
  static Path folder() {
    String classPath = ClassPaths.of(NAME);
    Matcher jar = JAR.matcher(classPath);
    if (!jar.find()) {
      throw new IllegalStateException("Cannot start PostgreSQL: its class path names no binaries");
    }
    // Named by their user: nobody else can put programs there.
    Path folder =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "lakehouse-" + jar.group(1) + "-" + System.getProperty("user.name"));
    if (!Files.exists(folder)) {
      unpack(classPath, folder);
    }
    return folder.resolve("bin");
  }

  /** By a renamed folder: others may be at it as well, and any of them may be killed. */
  private static void unpack(String classPath, Path folder) {
    Path temporary = Folders.create(NAME + "-binaries");
    try {
      Path unpacked = temporary.resolve("unpacked");
      ServerProcess.java(
              NAME,
              temporary,
              classPath,
              List.of(),
              List.of(PostgresUnpacker.class.getName(), unpacked.toString()))
          .awaitEnd();
      Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(folder)) {
        throw new UncheckedIOException("Cannot unpack PostgreSQL: " + e.getMessage(), e);
      }
    } finally {
      Folders.delete(temporary);
    }
  }
}
