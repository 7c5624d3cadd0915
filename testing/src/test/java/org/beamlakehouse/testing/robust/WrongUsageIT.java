package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong usage and configuration: exit code 2, one clear line, nothing run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongUsageIT {
  private static final String CONTRACT =
      Contracts.of(
          "visits",
          "visits",
          "- {property: sequenceBy, value: seq}",
          "",
          """
          - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
          - {name: page, logicalType: string}
          """);

  private TestProject project;

  @BeforeAll
  void runOnce(@TempDir Path folder) {
    project =
        TestProject.create(folder)
            .source("visits", "json", "data/*.jsonl")
            .contract("visits", CONTRACT)
            .lines("data/a.jsonl", List.of("{\"id\":1,\"page\":\"/\",\"seq\":1}"));
    project.run().done();
  }

  static Stream<Arguments> wrongCommands() {
    return Stream.of(
        wrong("silver.nowhere", "run", "--tables", "silver.nowhere"),
        wrong("--full-refresh", "run", "--mode", "continuous", "--full-refresh"),
        wrong("'sometimes'", "run", "--mode", "sometimes"),
        wrong("noSuchOption", "run", "--noSuchOption=1"),
        wrong("--name=value", "run", "--noSuchOption"),
        wrong("NoSuchRunner", "run", "--runner=NoSuchRunner"),
        wrong("run_date", "run", "--vars", "run_date"),
        wrong("silver.nowhere", "show", "silver.nowhere"),
        wrong("visits", "show", "visits"),
        wrong("--targetParallelism", "run", "--targetParallelism=many"),
        wrong("nothing", "show", "silver.visits", "--columns", "id,nothing"),
        wrong("nothing", "show", "silver.visits", "--order-by", "nothing"),
        wrong("nothing", "show", "silver.visits", "--where", "nothing = 1"),
        wrong("'id ='", "show", "silver.visits", "--where", "id ="),
        wrong("upwards", "show", "silver.visits", "--order-by", "id upwards"),
        wrong("xml", "show", "silver.visits", "--format", "xml"),
        wrong("no-such-tag", "show", "silver.visits", "--as-of", "no-such-tag"),
        wrong("12345", "show", "silver.visits", "--as-of", "12345"),
        wrong("--limit", "show", "silver.visits", "--limit", "many"),
        wrong("-1", "show", "silver.visits", "--limit", "-1"),
        wrong("TABLE", "show"),
        wrong("silver.nowhere", "history", "silver.nowhere"),
        wrong("xml", "history", "silver.visits", "--format", "xml"),
        wrong("shwo", "shwo", "silver.visits"));
  }

  private static Arguments wrong(String named, String... command) {
    return Arguments.of(List.of(command), named);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongCommands")
  void namesWhatIsWrong(List<String> command, String named) {
    List<Long> before = project.snapshots("silver.visits");
    CommandResult result =
        project.command(command.get(0), command.subList(1, command.size()).toArray(new String[0]));
    assertThat(result.err(), result.exitCode(), is(2));
    assertThat(result.err(), allOf(containsString("lakehouse: "), containsString(named)));
    assertThat(result.err(), not(containsString("Exception")));
    assertThat(result.err(), not(containsString("\tat ")));
    assertThat(result.out(), is(emptyString()));
    assertThat(project.snapshots("silver.visits"), is(before));
  }

  @Test
  void missesTheProjectFile(@TempDir Path empty) {
    CommandResult result = TestProject.open(empty).run();
    assertThat(result.exitCode(), is(2));
    assertThat(
        result.err(), allOf(containsString("no lakehouse.yaml"), containsString("--project")));
  }

  @Test
  void namesContractAndLineOfAMissingSource(@TempDir Path folder) {
    TestProject wrong =
        TestProject.create(folder)
            .source("visit", "json", "data/*.jsonl")
            .contract("visits", CONTRACT);
    for (String command : List.of("run", "check")) {
      CommandResult result = wrong.command(command);
      assertThat(result.exitCode(), is(2));
      assertThat(
          result.err(),
          allOf(containsString("contracts/visits.odcs.yaml:10: "), containsString("'visits'")));
    }
  }

  @Test
  void refusesSourcesThatItCannotReadYet(@TempDir Path folder) {
    TestProject csv = TestProject.create(folder).source("a", "csv", "data/*.csv");
    for (String command : List.of("run", "check")) {
      CommandResult result = csv.command(command);
      assertThat(result.err(), result.exitCode(), is(2));
      assertThat(
          result.err(),
          allOf(containsString("lakehouse.yaml:"), containsString("not supported yet")));
    }
  }

  @Test
  void refusesWrongSettingsOfKafkaWithoutTellingThem(@TempDir Path folder) {
    TestProject wrong =
        TestProject.create(folder)
            .kafkaSource("a", "json", "b:1", "topics: [a]", "kafka: {security.protocol: s3cret}");
    for (String command : List.of("run", "check")) {
      CommandResult result = wrong.command(command);
      assertThat(result.err(), result.exitCode(), is(2));
      assertThat(
          result.err(),
          allOf(
              containsString("lakehouse.yaml:8: 'security.protocol'"),
              not(containsString("s3cret"))));
    }
  }

  @Test
  void refusesAnUnknownWayToTreatMissingOffsets(@TempDir Path folder) {
    CommandResult result =
        TestProject.create(folder)
            .source("a", "json", "data/*")
            .command("run", "--onMissingOffsets=ignore");
    assertThat(result.exitCode(), is(2));
    assertThat(
        result.err(), allOf(containsString("'ignore'"), containsString("fail, earliest, latest")));
  }

  @Test
  void tellsOfFilesThatAreNotRead(@TempDir Path folder) {
    TestProject oddlyNamed =
        TestProject.create(folder)
            .source("visits", "json", "data/*.jsonl")
            .file("contracts/visits.yaml", CONTRACT)
            .lines("data/a.jsonl", List.of());
    for (String command : List.of("check", "run")) {
      assertThat(
          oddlyNamed.command(command).done().err(),
          containsString("contracts/visits.yaml: warning: "));
    }
  }

  @Test
  void namesFileAndLineOfAMistakeInGold(@TempDir Path folder) {
    TestProject wrong =
        TestProject.create(folder)
            .source("visits", "json", "data/*.jsonl")
            .contract("visits", CONTRACT)
            .lines("data/a.jsonl", List.of("{\"id\":1,\"page\":\"/\",\"seq\":1}"))
            .gold(
                "pages",
                """
                /*---
                table: gold.pages
                owner: test
                description: Visits by page
                slaMinutes: 60
                consumers: [test]
                key: [page]
                ---*/
                SELECT page,
                  COUNT(*) AS visits
                FROM silver.visits
                WHERE pge IS NOT NULL
                GROUP BY page
                """);
    for (String command : List.of("run", "check")) {
      CommandResult result = wrong.command(command);
      assertThat(result.err(), result.exitCode(), is(2));
      assertThat(result.err(), allOf(containsString("gold/pages.sql:12"), containsString("pge")));
    }
    assertThat("nothing was run", wrong.exists("bronze.visits"), is(false));
  }
}
