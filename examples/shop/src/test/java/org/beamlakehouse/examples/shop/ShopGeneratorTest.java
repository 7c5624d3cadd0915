package org.beamlakehouse.examples.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.beamlakehouse.examples.shop.ShopGenerator.Summary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShopGeneratorTest {
  @TempDir Path folder;

  @Test
  void givesTheDataThatItAlwaysGave() throws Exception {
    ShopGenerator.generate(folder, 0.01);
    // A change of this hash changes the sample of every reader: mend the documentation with it.
    assertThat(
        hash(folder), equalTo("c32c906ffa9f8a1528fce1eb0d83aab7e039857fcb52af45bed5a89cadb83f93"));
  }

  @Test
  void givesTheSameBytesTwiceInAnyLocale() throws Exception {
    Locale locale = Locale.getDefault();
    Summary first = ShopGenerator.generate(folder.resolve("a"), 0.02);
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(ShopGenerator.generate(folder.resolve("b"), 0.02), equalTo(first));
    } finally {
      Locale.setDefault(locale);
    }
    List<Path> files = files(folder.resolve("a"));
    for (Path file : files) {
      Path twin = folder.resolve("b").resolve(folder.resolve("a").relativize(file));
      assertThat(file.toString(), Files.mismatch(file, twin), is(-1L));
    }
    assertThat(files.size(), is(first.files()));
  }

  @Test
  void givesOtherDataForAnotherSeed() throws Exception {
    ShopGenerator.generate(folder.resolve("a"), 0.01, 1);
    ShopGenerator.generate(folder.resolve("b"), 0.01, 2);
    assertThat(hash(folder.resolve("a")), not(hash(folder.resolve("b"))));
  }

  @Test
  void leavesFilesThatAreThereAsTheyAre() throws Exception {
    Summary first = ShopGenerator.generate(folder, 0.01);
    Path file = files(folder).get(0);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertThat(ShopGenerator.generate(folder, 0.01), equalTo(first));
    assertThat(Files.getLastModifiedTime(file), is(FileTime.fromMillis(1_000)));
  }

  @Test
  void completesWhatAnInterruptedRunLeft() throws Exception {
    ShopGenerator.generate(folder, 0.01);
    String complete = hash(folder);
    Files.delete(files(folder).get(1));
    Path marker = folder.resolve("data/.generated");
    Files.writeString(marker, Files.readString(marker).lines().findFirst().orElseThrow());
    ShopGenerator.generate(folder, 0.01);
    assertThat(hash(folder), equalTo(complete));
  }

  @Test
  void refusesToMixTwoScalesInOneFolder() throws Exception {
    ShopGenerator.generate(folder, 0.01);
    Exception refused =
        assertThrows(IllegalStateException.class, () -> ShopGenerator.generate(folder, 0.02));
    assertThat(refused.getMessage(), containsString("scale 0.01"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, 1001})
  void refusesAScaleOutOfRange(double scale) {
    assertThrows(IllegalArgumentException.class, () -> ShopGenerator.generate(folder, scale));
  }

  @Test
  void leavesNothingBehindButTheFiles() throws Exception {
    ShopGenerator.generate(folder, 0.01);
    try (Stream<Path> names = Files.list(folder.resolve("data"))) {
      assertThat(
          names.map(path -> path.getFileName().toString()).toList(),
          containsInAnyOrder("cdc", "events", ".generated"));
    }
  }

  private static List<Path> files(Path project) throws IOException {
    try (Stream<Path> files = Files.walk(project.resolve("data"))) {
      return files.filter(f -> f.getFileName().toString().contains(".jsonl")).sorted().toList();
    }
  }

  /** Hash of names and decompressed lines: compressed bytes may differ between Java versions. */
  private static String hash(Path project) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Path file : files(project)) {
      digest.update(file.getFileName().toString().getBytes(UTF_8));
      try (InputStream in = new DigestInputStream(open(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    if (file.toString().endsWith(".gz")) {
      return new GZIPInputStream(in);
    }
    return file.toString().endsWith(".zst") ? new ZstdInputStream(in) : in;
  }
}
