package org.beamlakehouse.io.internal.bronze.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How new files are divided among workers. */
class IngestPlanTest {
  @ParameterizedTest(name = "{0} files of {1} KB: {2} batches of {3}")
  @CsvSource({
    // Too little to divide.
    "3, 1, 1, 3",
    "2, 7000, 1, 2",
    // Enough for several workers, each with a data file that is worth it.
    "8, 7500, 4, 2",
    "64, 1000, 5, 15",
    "64, 4000, 8, 8",
    // A worker's memory full.
    "1000, 3800, 63, 16",
    // Each alone.
    "8, 75000, 8, 1"
  })
  void batchesAreOfSimilarSize(int files, int kilobytes, int batches, int filesEach) {
    List<Integer> sizes = sizes(files, "f%d.jsonl", kilobytes * 1024L);
    assertThat(sizes.size(), is(batches));
    assertThat(sizes.subList(0, batches - 1), everyItem(is(filesEach)));
    assertThat(sizes.stream().mapToInt(size -> size).sum(), is(files));
  }

  @Test
  void compressedFilesCountByWhatTheyHold() {
    assertThat(sizes(8, "f%d.jsonl.gz", 2 << 20), is(Collections.nCopies(8, 1)));
  }

  private static List<Integer> sizes(int files, String name, long bytes) {
    List<SourceFile> newFiles =
        IntStream.range(0, files)
            .mapToObj(i -> name.formatted(i))
            .map(path -> new SourceFile(path, "/data/" + path, bytes, 0))
            .toList();
    return new IngestPlan(newFiles, List.of(), List.of())
        .batches().stream().map(List::size).toList();
  }
}
