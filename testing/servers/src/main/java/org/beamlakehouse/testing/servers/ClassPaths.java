package org.beamlakehouse.testing.servers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The class paths of servers, as the build of this module resolved them: this module's classes and
 * jars of the local Maven repository.
 */
final class ClassPaths {
  private static final String REPOSITORY = "@repository@";

  private ClassPaths() {}

  /**
   * The class path for a process.
   *
   * @param server whose {@code <server>-class-path.txt} to take
   * @throws IllegalStateException where a jar is not in the local repository
   */
  static String of(String server) {
    Path repository = repository();
    List<String> entries = new ArrayList<>();
    entries.add(own().toString());
    for (String entry : resolved(server).split(":")) {
      Path jar = repository.resolve(entry.substring(REPOSITORY.length() + 1));
      if (!Files.exists(jar)) {
        throw new IllegalStateException(
            "Cannot start "
                + server
                + ": "
                + jar
                + " is missing: fetch the servers by mvn dependency:get"
                + " -Dartifact=org.beamlakehouse:beam-lakehouse-testing-servers:VERSION");
      }
      entries.add(jar.toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static String resolved(String server) {
    String resource = "/" + server + "-class-path.txt";
    try (InputStream in = ClassPaths.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "Cannot start "
                + server
                + ": "
                + resource
                + " is missing; the build of this module resolves it");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot start " + server + ": " + e.getMessage(), e);
    }
  }

  /** Where the classes of this module are. */
  static Path own() {
    try {
      return Path.of(ClassPaths.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find this module's classes: " + e.getMessage(), e);
    }
  }

  /** Where Maven, or Surefire for its tests, says that the local repository is. */
  static Path repository() {
    for (String property : List.of("maven.repo.local", "localRepository")) {
      String folder = System.getProperty(property);
      if (folder != null) {
        return Path.of(folder);
      }
    }
    return Path.of(System.getProperty("user.home"), ".m2", "repository");
  }
}
