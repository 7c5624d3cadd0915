package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.file.Path;
import java.util.List;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Passwords and keys of a project are told nowhere, whatever goes wrong: {@link TestProject} checks
 * everything that each command here prints and logs. What is done with secrets beyond a process (on
 * a cluster's workers) it cannot show.
 */
class SecretsIT {
  @TempDir Path folder;

  @Test
  void aCatalogThatCannotBeOpenedIsToldWithoutItsPassword() {
    for (String catalog :
        List.of(
            "{uri: 'jdbc:postgresql://me:planted-pw@127.0.0.1:1/db', warehouse: w}",
            "{uri: 'jdbc:postgresql://127.0.0.1:1/db?user=me&password=planted-pw', warehouse: w}",
            "{uri: 'jdbc:postgresql://127.0.0.1:1/db', jdbc.user: me, jdbc.password: planted-pw,"
                + " warehouse: w}",
            "{uri: 'jdbc:postgresql://me:planted-pw@:::/db', warehouse: w}",
            "{uri: 'jdbc:mysql://me:planted-pw@127.0.0.1:1/db', warehouse: w}",
            "{uri: 'me:planted-pw@127.0.0.1', warehouse: w}",
            "{type: rest, uri: 'http://me:planted-pw@127.0.0.1:1', credential: 'me:planted-pw',"
                + " warehouse: w}",
            "{catalog-impl: no.such.Catalog, s3.secret-access-key: planted-key, warehouse: w}")) {
      TestProject project = project(catalog);
      for (List<String> options : List.of(List.<String>of(), List.of("--verbose"))) {
        CommandResult result = project.command("check", options.toArray(new String[0]));
        assertThat(catalog + result.err(), result.exitCode(), is(not(0)));
        assertThat(result.err(), containsString("lakehouse: Cannot "));
      }
    }
  }

  @Test
  void aMissingDriverIsToldAsSuch() {
    CommandResult result =
        project("{uri: 'jdbc:mysql://me:planted-pw@127.0.0.1:1/db', warehouse: w}")
            .command("check");

    assertThat(
        result.err(),
        allOf(
            containsString("there is no JDBC driver for jdbc:mysql (com.mysql.cj.jdbc.Driver)"),
            containsString("LAKEHOUSE_CLASSPATH")));
    assertThat(result.err(), not(containsString("run again when")));
  }

  @Test
  void sourcesAndOptionsAreToldWithoutTheirSecrets() {
    TestProject project =
        TestProject.create(folder)
            .kafkaSource(
                "events",
                "avro",
                "127.0.0.1:1",
                "topics: [events]",
                "schemaRegistry: http://me:planted-pw@127.0.0.1:1/?x",
                "kafka:",
                "  security.protocol: planted-protocol",
                "  ssl.key.password: planted-password",
                "  sasl.jaas.config: a b c password=\"planted-jaas\";");
    CommandResult check = project.command("check");
    assertThat(check.err(), check.exitCode(), is(2));
    assertThat(check.err(), containsString("security.protocol"));

    TestProject files =
        TestProject.create(folder.resolve("files"))
            .source("items", "json", "'nosuch://planted-key:planted/secret@bucket/*.json'")
            .contract(
                "items",
                Contracts.of(
                    "items",
                    "items",
                    "      - {property: sequenceBy, value: id}\n",
                    "",
                    "      - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition:"
                        + " 1, required: true}\n"));
    CommandResult run = files.run("--verbose");
    assertThat(run.err(), run.exitCode(), is(not(0)));
    CommandResult option = files.run("--noSuchOption=planted-token");
    assertThat(option.err(), option.exitCode(), is(2));
  }

  private TestProject project(String catalog) {
    return TestProject.create(folder)
        .file("lakehouse.yaml", "name: test\ncatalog: " + catalog + "\nsources:\n")
        .source("items", "json", "data/*.jsonl")
        .contract(
            "items",
            Contracts.of(
                "items",
                "items",
                "      - {property: sequenceBy, value: id}\n",
                "",
                "      - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1,"
                    + " required: true}\n"));
  }
}
