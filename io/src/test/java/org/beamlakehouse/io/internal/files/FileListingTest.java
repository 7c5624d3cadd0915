package org.beamlakehouse.io.internal.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.io.ResolvingFileIO;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.FileStores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which files a path names. Paths with a scheme are listed through Iceberg over the local file
 * system; that object stores behave like it is not shown here.
 */
class FileListingTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    for (String file :
        List.of(
            "data/b.jsonl",
            "data/a.jsonl",
            "data/a.jsonl.gz",
            "data/a.csv",
            "data/.hidden.jsonl",
            "data/_SUCCESS.jsonl",
            "data/.a.jsonl.crc",
            "data/half.jsonl.tmp",
            "data/x 1.jsonl",
            "data/sub.jsonl/c.jsonl",
            "data/2024/01/d.jsonl",
            "data/_staging/e.jsonl",
            "data/.trash/f.jsonl",
            "tmp/only.tmp")) {
      Path path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "x");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data/*.jsonl         | data/a.jsonl, data/b.jsonl, data/x 1.jsonl
          data/?.jsonl         | data/a.jsonl, data/b.jsonl
          data/*.jsonl{,.gz}   | data/a.jsonl, data/a.jsonl.gz, data/b.jsonl, data/x 1.jsonl
          data/{a,b}.*         | data/a.csv, data/a.jsonl, data/a.jsonl.gz, data/b.jsonl
          data/[b-z].jsonl     | data/b.jsonl
          data/**.jsonl        | data/2024/01/d.jsonl, data/a.jsonl, data/b.jsonl, data/sub.jsonl/c.jsonl, data/x 1.jsonl
          data/**/*.jsonl      | data/2024/01/d.jsonl, data/a.jsonl, data/b.jsonl, data/sub.jsonl/c.jsonl, data/x 1.jsonl
          **/a.jsonl           | data/a.jsonl
          data/**/**/d.jsonl   | data/2024/01/d.jsonl
          data/**/01/**/*      | data/2024/01/d.jsonl
          data/2*/**           | data/2024/01/d.jsonl
          data/{**/d,x/**/y,b}.jsonl | data/2024/01/d.jsonl, data/b.jsonl
          data/{,**/}[ad].jsonl | data/2024/01/d.jsonl, data/a.jsonl
          dat{a,b}/{2024,x}/**/d.{jsonl,csv} | data/2024/01/d.jsonl
          data/*/*/*.jsonl     | data/2024/01/d.jsonl
          data/a.jsonl         | data/a.jsonl
          ./data//a.jsonl      | data/a.jsonl
          data/./?.csv         | data/a.csv
          data/_staging/e.jsonl| data/_staging/e.jsonl
          data/_staging/*      | data/_staging/e.jsonl
          data/*.parquet       |
          tmp/*                |
          """)
  void aRelativePathNamesFilesRelativeToTheBaseFolder(String path, String expected) {
    List<String> wanted = expected == null ? List.of() : List.of(expected.split(", "));
    assertThat(paths(path), is(wanted));
    List<String> absolute = wanted.stream().map(p -> folder + "/" + p).toList();
    assertThat(paths(folder + "/" + path), is(absolute));
    List<String> uris = wanted.stream().map(p -> "file://" + folder + "/" + p).toList();
    assertThat(paths("file://" + folder + "/" + path), is(uris));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data             | it is a directory; use %sdata/*.jsonl
          data/nothing     | there is no such file; put it there or correct the path of the source
          none/*.jsonl     | there is no folder %snone; create it or correct the path of the source
          data/{a.jsonl    | the glob is malformed: Missing '}
          data/*/_x.jsonl  | below a wildcard, names that start with . or _ or end in .tmp or .crc are taken for unfinished files and never read; rename the files, or name them without a wildcard
          """)
  void aPathThatCannotNameFilesIsAnError(String path, String reason) {
    for (String root : List.of("", folder + "/", "file://" + folder + "/")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> paths(root + path));
      assertThat(
          e.getMessage(),
          containsString("Cannot read " + root + path + ": " + reason.replace("%s", root)));
    }
  }

  @Test
  void anEmptyPathIsAnError() {
    assertThrows(IllegalArgumentException.class, () -> paths(" "));
  }

  @Test
  void aFileIsListedWithItsSizeAndCanBeOpened() throws IOException {
    for (String root : List.of("", "file://" + folder + "/")) {
      Files.writeString(folder.resolve("data/b.jsonl"), "hello");
      SourceFile file = FileListing.list(folder.toString(), root + "data/b.*", this::store).get(0);
      assertThat(file.size(), is(5L));
      assertThat(
          file.modifiedMillis(),
          is(Files.getLastModifiedTime(folder.resolve("data/b.jsonl")).toMillis()));
      try (var in = SourceFiles.open(file, this::store)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8), is("hello"));
      }
    }
  }

  @Test
  void linksAreFollowedAndALinkThatLeadsBackIsNotFollowedForEver() throws IOException {
    Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(folder.resolve("links/a.jsonl"), folder.resolve("data/a.jsonl"));
    Files.createSymbolicLink(folder.resolve("links/back"), folder.resolve("links"));
    assertThat(paths("links/**.jsonl"), contains("links/a.jsonl"));
  }

  @Test
  void aBrokenLinkIsListedAndFailsWhenItIsRead() throws IOException {
    Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(folder.resolve("links/gone.jsonl"), folder.resolve("gone"));
    SourceFile file = FileListing.list(folder.toString(), "links/*", this::store).get(0);
    assertThrows(IOException.class, () -> SourceFiles.open(file, this::store));
  }

  @Test
  void anEmptyFolderIsNoErrorLocally() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    assertThat(paths("empty/*.jsonl"), is(empty()));
  }

  private List<String> paths(String path) {
    return FileListing.list(folder.toString(), path, this::store).stream()
        .map(SourceFile::path)
        .toList();
  }

  private ResolvingFileIO store() {
    return FileStores.open(new CatalogConfig("none", Map.of()));
  }
}
