package org.beamlakehouse.pipelines.internal.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.pipelines.internal.config.YamlNode.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFileTest {
  private final Problems problems = new Problems();

  private List<String> told() {
    return problems.all().stream().map(p -> p.line() + ": " + p.message()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "NO, TEXT", "on, TEXT", "true, BOOLEAN", "2024-01-01, TEXT", "12, INTEGER", "-1, INTEGER",
    "0x1F, TEXT", "1.5, NUMBER", "1e3, NUMBER", "1.2.3, TEXT", "~, NULL", "null, NULL",
    "'\"5\"', TEXT", "30s, TEXT", ".inf, TEXT"
  })
  void scalarsAreWhatTheyLookLike(String text, Kind kind) {
    YamlNode root = YamlFile.parse("a.yaml", "key: " + text, problems);

    assertThat(root.get("key").kind(), is(kind));
  }

  @Test
  void mergedKeysComeFromTheirAnchorAndOwnKeysWin() {
    YamlNode root =
        YamlFile.parse(
            "a.yaml", "base: &b {x: one, y: two}\nmore:\n  <<: *b\n  y: three\n", problems);

    assertThat(problems.all(), is(empty()));
    assertThat(root.get("more").string("x"), is("one"));
    assertThat(root.get("more").string("y"), is("three"));
  }

  @Test
  void linesAreThoseOfTheKeys() {
    YamlNode root =
        YamlFile.parse("a.yaml", "# c\n\na:\n  - x: 1\n    y:\n      z: >\n        t\n", problems);

    YamlNode item = root.items("a").get(0);
    assertThat(root.get("a").line(), is(3));
    assertThat(item.line(), is(4));
    assertThat(item.get("y").line(), is(5));
    assertThat(item.get("y").get("z").line(), is(6));
    assertThat(root.endLine(), is(7));
  }

  @Test
  void numbersMayComeFromVariables() {
    YamlNode root =
        YamlFile.parseWithVariables(
            "a.yaml",
            "few: ${FEW}\nmany: ${NONE:-70}\nword: ${WORD}\nquoted: \"5\"\n",
            Map.of("FEW", "7", "WORD", "seven"),
            Problem.Severity.ERROR,
            problems);

    assertThat(root.integer("few"), is(7));
    assertThat(root.integer("many"), is(70));
    assertThat(root.integer("word"), is(nullValue()));
    assertThat(root.integer("quoted"), is(nullValue()));
    assertThat(
        told(),
        contains(
            "3: 'word' must be a whole number", "4: 'quoted' must be a whole number, not text"));
  }

  @Test
  void mergingAMapIntoItselfIsAnError() {
    YamlFile.parse("a.yaml", "a: &a\n  <<: *a\n", problems);

    assertThat(told(), contains("2: an alias refers to what it is part of"));
  }

  @Test
  void manyAliasesOfAliasesAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append(String.format("a%d: &a%d [*a%d, *a%d]%n", i, i, i - 1, i - 1));
    }

    assertThat(YamlFile.parse("a.yaml", bomb.toString(), problems), is(nullValue()));
    assertThat(
        told(),
        contains(
            "0: cannot parse YAML: Number of aliases for non-scalar nodes exceeds the specified"
                + " max=50"));
  }

  @Test
  void controlCharactersAreToldByTheirCode() {
    YamlFile.parse("a.yaml", "a: b\nc: \u0007\n", problems);

    assertThat(told(), contains("2: cannot parse YAML: the character U+0007 is not allowed"));
  }

  @Test
  void keysMustBeText() {
    YamlFile.parse("a.yaml", "a: b\n? [x]\n: c\n", problems);

    assertThat(told(), contains("2: a key of a map must be text"));
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "\ufeffa: b");

    assertThat(YamlFile.readText(file, "a.yaml", problems), is("a: b"));
  }
}
