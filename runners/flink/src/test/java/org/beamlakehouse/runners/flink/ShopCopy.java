package org.beamlakehouse.runners.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.beamlakehouse.examples.shop.ShopGenerator;
import org.beamlakehouse.testing.TestProject;

/** Copies of the sample project, with a small part of its data; all have the same. */
final class ShopCopy {
  static final String VARS = "--vars=run_date=" + ShopGenerator.RUN_DATE;

  private static final Path SAMPLE = Path.of("../../examples/shop");
  private static final double SCALE = 0.1;

  private ShopCopy() {}

  /** A new one in a folder. */
  static TestProject in(Path folder) throws IOException {
    // What is generated and what is built, maybe just now, lies beside them.
    for (String part : List.of("lakehouse.yaml", "contracts", "gold")) {
      try (Stream<Path> files = Files.walk(SAMPLE.resolve(part))) {
        files
            .filter(Files::isRegularFile)
            .forEach(file -> copy(file, folder.resolve(SAMPLE.relativize(file).toString())));
      }
    }
    ShopGenerator.generate(folder, SCALE);
    return TestProject.open(folder);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
