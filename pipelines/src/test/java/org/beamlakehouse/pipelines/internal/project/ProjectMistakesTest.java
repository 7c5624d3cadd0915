package org.beamlakehouse.pipelines.internal.project;

import static org.beamlakehouse.pipelines.internal.project.ProjectTest.AVRO;
import static org.beamlakehouse.pipelines.internal.project.ProjectTest.KAFKA;
import static org.beamlakehouse.pipelines.internal.project.ProjectTest.MINIMAL;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong in {@code lakehouse.yaml}, mistake by mistake. */
class ProjectMistakesTest {
  @TempDir Path folder;

  static List<Arguments> mistakes() {
    return List.of(
        bad("", "1: the file is empty"),
        bad("- a", "1: the file's content must be a map, not a list"),
        bad(
            "catalog: {}",
            "1: required key 'name' is missing",
            "1: required key 'sources' is missing"),
        bad(
            "name: 5\nsource: {}\nsources: {}",
            "1: 'name' must be text, not a whole number; put it in quotes",
            "2: unknown key 'source'; did you mean 'sources'?"),
        bad(
            MINIMAL + "commitInterval: 30\n",
            "4: 'commitInterval' must be text, not a whole number; put it in quotes"),
        bad(
            MINIMAL + "commitInterval: 0s\n",
            "4: '0s' is not a duration above zero; write for example 30s, 5m or PT1H"),
        bad(
            MINIMAL + "catalog:\n  s3: {region: x}\n",
            "5: 's3' of 'catalog' must be text or a number, not a map"),
        bad(
            MINIMAL + "catalog:\n  token: ${NO_SUCH}\n  warehouse: ${\n",
            "5: the environment variable NO_SUCH is not set; set it or give a default:"
                + " ${NO_SUCH:-...}",
            "6: a '${' is not followed by a variable's name and '}'"),
        bad(
            "name: a\n"
                + "commitInterval: ${NO}\n"
                + "sources: {b: {type: '${NO}', format: '${NO}', path: x}}",
            "2: the environment variable NO is not set; set it or give a default: ${NO:-...}",
            "3: the environment variable NO is not set; set it or give a default: ${NO:-...}"),
        bad(MINIMAL.replace("type: files, ", ""), "3: required key 'type' is missing"),
        bad(
            MINIMAL.replace("type: files", "type: file"),
            "3: unknown type 'file'; did you mean 'files'?"),
        bad(
            MINIMAL.replace("debezium-json", "csv"),
            "3: the format 'csv' is not supported yet; supported: debezium-json, maxwell-json,"
                + " canal-json and json, and from kafka debezium-avro and avro"),
        bad(
            MINIMAL.replace("debezium-json", "debezium_json"),
            "3: unknown format 'debezium_json'; did you mean 'debezium-json'?"),
        bad(MINIMAL.replace("path: data/*.jsonl, ", ""), "3: required key 'path' is missing"),
        bad(
            MINIMAL.replace("path:", "topics: [a], path:"),
            "3: unknown key 'topics'; use one of type, format, bronze, timestampUnit,"
                + " decimalEncoding, tombstones, tableProperties, path, maxRecordBytes"),
        bad(
            MINIMAL.replace("path:", "tableProperties: {format-version: 9}, path:"),
            "3: 'format-version' cannot be '9'; use one of 2, 3"),
        bad(
            MINIMAL + "catalog: {type: rset}\n",
            "4: 'type' of 'catalog' cannot be 'rset'; use one of jdbc, rest, hadoop, hive, glue,"
                + " nessie, bigquery, or name a class in catalog-impl"),
        bad(
            MINIMAL.replace("path:", "maxRecordBytes: 0, path:"),
            "3: 'maxRecordBytes' is from 1 to 536870912"),
        bad(
            MINIMAL.replace("cdc:", "c-dc:"),
            "3: 'c-dc' is not the name of a source; use letters, digits and _"),
        bad("name: a\nsources:\n  cdc:\n", "3: the source 'cdc' is empty; it must be a map"),
        bad(
            KAFKA + "topics: [a, 'b c']\n",
            "7: a topic has 1 to 249 letters, digits, '.', '_' and '-'; for others use"
                + " 'topicPattern'"),
        bad(
            KAFKA + "topicPattern: 'a('\n",
            "7: 'topicPattern' is no regular expression: Unclosed group"),
        bad(
            KAFKA + "topicPattern: a\n    topics: [a]\n",
            "3: a kafka source has either 'topics' or 'topicPattern'"),
        bad(
            KAFKA
                + "topics: [a]\n    kafka:\n      bootstrap.servers: c:1\n"
                + "      value.deserializer: x\n      enable.auto.commit: true\n"
                + "      auto.offset.reset: none\n      max.poll.records: many\n",
            "9: 'bootstrap.servers' of 'kafka' is written as bootstrapServers of the source",
            "10: 'value.deserializer' of 'kafka' cannot be set: bronze keeps bytes",
            "11: 'enable.auto.commit' of 'kafka' cannot be set: progress is kept in the bronze"
                + " table",
            "12: 'auto.offset.reset' of 'kafka' must be earliest or latest: where the first run"
                + " begins",
            "13: 'max.poll.records' of 'kafka' is not valid: Not a number of type INT"),
        bad(
            KAFKA + "topics: [a]\n    kafka: {secuirty.protocol: SASL_SSL}\n",
            "8: Kafka does not know 'secuirty.protocol'; did you mean 'security.protocol'?"),
        bad(
            "name: a\nsources:\n  k:\n    type: kafka\n    format: avro\n    path: x\n",
            "3: required key 'bootstrapServers' is missing",
            "3: a kafka source has either 'topics' or 'topicPattern'",
            "3: required key 'schemaRegistry' is missing: the URL of the registry with the schemas"
                + " of the records",
            "6: unknown key 'path'; use one of type, format, bronze, timestampUnit,"
                + " decimalEncoding, tombstones, tableProperties, bootstrapServers, topics,"
                + " topicPattern, kafka, schemaRegistry, schemaRegistryConfig"),
        bad(
            MINIMAL.replace("debezium-json", "debezium-avro"),
            "3: the format 'debezium-avro' is not supported yet from files; supported:"
                + " debezium-json, maxwell-json, canal-json and json, and from kafka debezium-avro"
                + " and avro"),
        bad(
            AVRO + "schemaRegistry: 'localhost:8081'}",
            "3: Cannot use the URL of the schema registry: it is no http or https URL with a host;"
                + " give it as http://host:8081, or with the path at which its Confluent interface"
                + " begins"),
        bad(
            AVRO + "schemaRegistry: 'http://r', schemaRegistryConfig: {basic.auth: 'a:s3cret'}}",
            "3: Cannot use the schema registry: 'basic.auth' is no property of it; there are"
                + " basic.auth.user.info and bearer.auth.token"),
        bad(
            AVRO.replace("avro", "json") + "schemaRegistryConfig: {bearer.auth.token: x}}",
            "3: there is no 'schemaRegistry' that 'schemaRegistryConfig' belongs to"),
        bad(
            MINIMAL.replace("format", "bronze: cdc, format"),
            "3: 'cdc' is not the name of a table; use namespace.table with letters, digits and _"));
  }

  private static Arguments bad(String text, String... messages) {
    return Arguments.of(text, Arrays.asList(messages));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreToldWithTheirLine(String text, List<String> messages) throws IOException {
    Files.writeString(folder.resolve("lakehouse.yaml"), text);

    assertThat(
        Project.check(folder, Map.of()).stream().map(p -> p.line() + ": " + p.message()).toList(),
        is(messages));
  }
}
