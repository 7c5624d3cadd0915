package org.beamlakehouse.pipelines.internal.contract;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.beamlakehouse.pipelines.internal.config.Problem.Severity;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file in {@code contract/bad} is a contract with a mistake; the comments {@code #> line:
 * message} at its end are all the problems that are told of it, exactly.
 */
class BadContractsTest {
  private static final Map<String, String> SOURCES =
      Map.of("cdc", "debezium-json", "events", "json");
  private static final String EXPECTED = "#> ";

  static List<String> files() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static Path folder() throws URISyntaxException {
    return Path.of(BadContractsTest.class.getResource("/contract/bad").toURI());
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyMistakeIsToldWithItsLine(String file) throws IOException, URISyntaxException {
    String text = Files.readString(folder().resolve(file));
    List<String> expected =
        text.lines()
            .filter(line -> line.startsWith(EXPECTED))
            .map(line -> line.substring(EXPECTED.length()))
            .toList();
    Problems problems = new Problems();

    new ContractReader(SOURCES, problems).read(file, text.split(EXPECTED, 2)[0]);

    List<String> told =
        problems.all().stream()
            .map(
                p ->
                    p.line()
                        + ": "
                        + (p.severity() == Severity.WARNING ? "warning: " : "")
                        + p.message())
            .toList();
    assertThat(told, is(expected));
    assertThat(told, is(not(empty())));
  }
}
