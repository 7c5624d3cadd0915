package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is larger than the heap, merged in a process of its own. */
class SmallHeapIT {
  @TempDir Path folder;

  @Test
  void aBatchLargerThanTheHeapIsMerged() throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeapMerge.class.getName(),
                Files.createDirectory(folder.resolve("tables")).toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.waitFor();

    List<String> lines = Files.readAllLines(output);
    assertThat(
        String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())),
        lines.stream().filter(line -> line.startsWith("rows ")).toList(),
        contains(
            "rows " + SmallHeapMerge.ROWS + " passes true",
            "rows " + SmallHeapMerge.ROWS + " passes true",
            "rows 0 passes true"));
  }
}
