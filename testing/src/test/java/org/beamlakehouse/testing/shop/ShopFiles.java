package org.beamlakehouse.testing.shop;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Reads the source files of the sample project, compressed or not. */
final class ShopFiles {
  private ShopFiles() {}

  /** The folder of the sample project, from whichever module's folder the tests run in. */
  static Path sample() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("examples/shop"))) {
      at = at.getParent();
    }
    return at.resolve("examples/shop");
  }

  /** Copies the sample project to a folder; without what is generated, and what is built. */
  static void copySample(Path folder) throws IOException {
    Path sample = sample();
    for (String part : List.of("lakehouse.yaml", "contracts", "gold")) {
      try (Stream<Path> files = Files.walk(sample.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = folder.resolve(sample.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }

  /** All lines of the files of a folder, in the order of the file names; none if it is missing. */
  static List<String> lines(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return lines;
    }
    for (Path file : files(folder)) {
      try (InputStream in = open(file)) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        text.lines().forEach(lines::add);
      }
    }
    return lines;
  }

  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    if (file.toString().endsWith(".gz")) {
      return new GZIPInputStream(in);
    }
    return file.toString().endsWith(".zst") ? new ZstdInputStream(in) : in;
  }
}
