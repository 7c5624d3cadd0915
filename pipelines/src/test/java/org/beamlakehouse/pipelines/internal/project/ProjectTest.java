package org.beamlakehouse.pipelines.internal.project;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.registry.RegistryConfig;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.pipelines.internal.config.ConfigurationException;
import org.beamlakehouse.pipelines.internal.config.Problem;
import org.beamlakehouse.pipelines.internal.project.SourceSettings.Type;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectTest {
  static final String KAFKA =
      "name: a\nsources:\n  k:\n    type: kafka\n    format: json\n    bootstrapServers: b:1\n    ";

  static final String AVRO =
      "name: a\nsources:\n  k: {type: kafka, format: avro, bootstrapServers: b:1, topics: [a], ";
  static final String MINIMAL =
      """
      name: shop
      sources:
        cdc: {type: files, path: data/*.jsonl, format: debezium-json}
      """;
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: orders
      version: 1.0.0
      status: active
      schema:
        - name: orders
          physicalName: silver.orders
          properties:
            - {name: id, logicalType: integer, primaryKey: true}
          customProperties:
            - {property: source, value: cdc}
      """;

  @TempDir Path folder;

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<String> check(Map<String, String> environment) {
    return Project.check(folder, environment).stream().map(Problem::toString).toList();
  }

  @Test
  void tablePropertiesAreThoseOfTheBronzeTableAndOfOps() throws IOException {
    write(
        "lakehouse.yaml",
        MINIMAL.replace("json}", "json, bronze: raw.a, tableProperties: {x: 1}}")
            + "ops: {tableProperties: {y: true}}\n");

    CatalogConfig catalog = Project.load(folder, Map.of()).catalog();

    assertThat(catalog.tableProperties("raw.a"), is(Map.of("x", "1")));
    assertThat(catalog.tableProperties("ops.runs"), is(Map.of("y", "true")));
    assertThat(catalog.tableProperties("silver.runs"), is(Map.of()));

    write("lakehouse.yaml", MINIMAL + "ops: {properties: {}}\n");
    assertThat(
        check(Map.of()),
        hasItem(containsString("4: unknown key 'properties'; use one of tableProperties")));
  }

  @Test
  void defaultsAreAnEmbeddedCatalogInTheProjectsFolder() throws IOException {
    write("lakehouse.yaml", MINIMAL);

    Project project = Project.load(folder, Map.of());

    assertThat(project.name(), is("shop"));
    assertThat(project.folder(), is(folder.toAbsolutePath()));
    assertThat(project.catalog().name(), is("shop"));
    assertThat(
        project.catalog().properties(),
        is(
            Map.of(
                "type", "jdbc",
                "uri", "jdbc:sqlite:" + folder + "/warehouse/catalog.db",
                "warehouse", folder + "/warehouse")));
    assertThat(project.commitInterval(), is(Duration.ofSeconds(30)));
    assertThat(project.contracts(), is(empty()));
    assertThat(project.goldProducts(), is(empty()));
    SourceSettings source = project.sources().get("cdc");
    assertThat(source.type(), is(Type.FILES));
    assertThat(source.format(), is(RecordFormat.DEBEZIUM_JSON));
    assertThat(source.path(), is(folder + "/data/*.jsonl"));
    assertThat(source.bronzeTable(), is("bronze.cdc"));
  }

  @Test
  void everySettingIsRead() throws IOException {
    write(
        "lakehouse.yaml",
        """
        name: shop
        catalog:
          name: prod
          type: rest
          uri: https://catalog.example.com
          warehouse: s3://bucket/warehouse
          token: ${TOKEN}
          clients: 4
        commitInterval: ${INTERVAL:-5m}
        sources:
          a: {type: files, path: "s3://bucket/a/*.gz", format: json, bronze: raw.a}
          b: {type: files, path: /data/b, format: "${FORMAT:-json}"}
          c: {type: files, path: "${ROOT}/c", format: json}
        """);
    write(
        "contracts/orders.odcs.yaml",
        CONTRACT.replace("value: cdc", "value: a") + "      - {property: sequenceBy, value: id}\n");
    write("gold/b.sql", "/*---\ntable: gold.b\nowner: o\n---*/\nSELECT 1 AS x");
    write("gold/a.sql", "/*---\ntable: gold.a\nowner: o\n---*/\nSELECT 1 AS x");

    Project project = Project.load(folder, Map.of("TOKEN", "s3cret", "ROOT", "/mnt", "FORMAT", ""));

    assertThat(project.catalog().name(), is("prod"));
    assertThat(
        project.catalog().properties(),
        is(
            Map.of(
                "type", "rest",
                "uri", "https://catalog.example.com",
                "warehouse", "s3://bucket/warehouse",
                "token", "s3cret",
                "clients", "4")));
    assertThat(project.commitInterval(), is(Duration.ofMinutes(5)));
    assertThat(project.sources().keySet(), contains("a", "b", "c"));
    assertThat(project.sources().get("a").path(), is("s3://bucket/a/*.gz"));
    assertThat(project.sources().get("a").bronzeTable(), is("raw.a"));
    assertThat(project.sources().get("b").path(), is("/data/b"));
    assertThat(project.sources().get("c").path(), is("/mnt/c"));
    assertThat(project.tables().get(0).name(), is("silver.orders"));
    assertThat(
        project.goldProducts().stream().map(p -> p.table()).toList(), contains("gold.a", "gold.b"));
    assertThat(project + " " + project.catalog(), not(containsString("s3cret")));
  }

  @Test
  void aSchemaRegistryHasItsSecretsFromTheEnvironmentAndKeepsThem() throws IOException {
    write(
        "lakehouse.yaml",
        AVRO
            + "schemaRegistry: 'https://r:8081/', schemaRegistryConfig: {bearer.auth.token:"
            + " '${T}'}}");

    SourceSettings source = Project.load(folder, Map.of("T", "s3cret")).sources().get("k");

    assertThat(
        source.schemaRegistry(),
        is(RegistryConfig.of("https://r:8081", Map.of(RegistryConfig.TOKEN, "s3cret"))));
    assertThat(source + " " + source.schemaRegistry(), not(containsString("s3cret")));
    assertThat(
        check(Map.of()),
        contains(
            "lakehouse.yaml:3: the environment variable T is not set; set it or give a default:"
                + " ${T:-...}"));
  }

  @Test
  void aFolderWithoutLakehouseYamlIsNoProject() {
    ConfigurationException e =
        assertThrows(ConfigurationException.class, () -> Project.load(folder, Map.of()));

    assertThat(
        e.getMessage(),
        is(
            "lakehouse.yaml: there is no lakehouse.yaml in "
                + folder
                + "; go to the project's folder or name it with --project"));
  }

  @Test
  void theErrorsOfAllFilesAreToldAtOnce() throws IOException {
    write("lakehouse.yaml", MINIMAL.replace("path", "pth"));
    write(
        "contracts/orders.odcs.yaml", CONTRACT.replace("properties:\n      - {name", "x:\n - {n"));
    write("contracts/b.odcs.yaml", CONTRACT.replace("value: cdc", "value: cdcc"));
    write("contracts/notes.yaml", "a: b");
    write("contracts/empty.odcs.yaml", "");
    write("gold/a.sql", "SELECT 1");

    ConfigurationException e =
        assertThrows(ConfigurationException.class, () -> Project.load(folder, Map.of()));

    assertThat(
        e.problems().stream().map(p -> p.file() + ":" + p.line()).toList(),
        contains(
            "contracts/b.odcs.yaml:12",
            "contracts/empty.odcs.yaml:1",
            "contracts/orders.odcs.yaml:10",
            "gold/a.sql:1",
            "lakehouse.yaml:3",
            "lakehouse.yaml:3"));
    assertThat(e.getMessage().lines().count(), is(6L));
  }

  @Test
  void aTableIsDeclaredOnce() throws IOException {
    write("lakehouse.yaml", MINIMAL);
    write("contracts/a.odcs.yaml", CONTRACT);
    write("contracts/b.odcs.yaml", CONTRACT.replace("silver.orders", "Silver.Orders"));
    write("contracts/c.odcs.yaml", CONTRACT.replace("silver.orders", "bronze.cdc"));
    write("gold/a.sql", "/*---\ntable: silver.orders\nowner: o\n---*/\nSELECT 1 AS x");

    assertThat(
        check(Map.of()),
        contains(
            "contracts/b.odcs.yaml:7: the table 'Silver.Orders' is already declared in"
                + " contracts/a.odcs.yaml:7",
            "contracts/c.odcs.yaml:7: the table 'bronze.cdc' is already declared in"
                + " lakehouse.yaml:3",
            "gold/a.sql:1: the table 'silver.orders' is already declared in"
                + " contracts/a.odcs.yaml:7"));
  }

  @Test
  void warningsDoNotKeepAProjectFromLoading() throws IOException {
    write("lakehouse.yaml", MINIMAL);
    write("contracts/orders.yaml", CONTRACT);

    assertThat(
        Project.load(folder, Map.of()).warnings().stream().map(Problem::toString).toList(),
        contains(
            "contracts/orders.yaml: warning: the file is not read; its name must end in"
                + " .odcs.yaml"));
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws IOException {
    Files.write(
        folder.resolve("lakehouse.yaml"), "name: caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(
        check(Map.of()),
        contains("lakehouse.yaml: cannot read the file: it is not UTF-8 text; save it as UTF-8"));
  }

  @Test
  void aDirectoryInPlaceOfAFileIsRefused() throws IOException {
    Files.createDirectories(folder.resolve("lakehouse.yaml"));

    assertThat(
        check(Map.of()), contains("lakehouse.yaml: cannot read the file: it is a directory"));
  }

  @Test
  void settingsOfAKafkaSourceAreRead() throws IOException {
    write(
        "lakehouse.yaml",
        """
        name: shop
        sources:
          k:
            type: kafka
            format: json
            bootstrapServers: b:1,c:2
            topicPattern: 'shop\\..*'
            kafka:
              security.protocol: SASL_SSL
              sasl.jaas.config: ${LOGIN}
              check.crcs: false
              fetch.min.bytes: 5
        """);

    SourceSettings source = Project.load(folder, Map.of("LOGIN", "s3cret")).sources().get("k");

    assertThat(
        source.kafkaSource(),
        is(
            new KafkaSource(
                "k",
                "b:1,c:2",
                List.of(),
                "shop\\..*",
                Map.of(
                    "security.protocol", "SASL_SSL",
                    "sasl.jaas.config", "s3cret",
                    "check.crcs", "false",
                    "fetch.min.bytes", "5"))));
    assertThat(source.bronzeTable(), is("bronze.k"));
    assertThat(source + " " + source.kafkaSource(), not(containsString("s3cret")));
  }

  private List<String> tablesOfTopics(String topics, String sourceTable) throws IOException {
    write("lakehouse.yaml", KAFKA + topics + "\n");
    write(
        "contracts/orders.odcs.yaml",
        CONTRACT.replace("value: cdc", "value: k")
            + "      - {property: sequenceBy, value: id}\n"
            + (sourceTable.isEmpty()
                ? ""
                : "      - {property: sourceTable, value: " + sourceTable + "}\n"));
    List<String> problems = check(Map.of());
    return problems.isEmpty()
        ? Project.load(folder, Map.of()).tables().stream()
            .map(TableDefinition::sourceTable)
            .toList()
        : problems;
  }

  @Test
  void topicsOfPlainRecordsFeedTheTablesThatNameThem() throws IOException {
    assertThat(tablesOfTopics("topics: [a, b]", "b"), contains("b"));
    assertThat(tablesOfTopics("topics: [a, orders]", ""), contains("orders"));
    assertThat(tablesOfTopics("topicPattern: shop\\..*", "shop.orders"), contains("shop.orders"));
    assertThat("the only topic", tablesOfTopics("topics: [a]", ""), contains("a"));
  }

  @Test
  void tablesThatNoTopicFeedsAreTold() throws IOException {
    String where = "contracts/orders.odcs.yaml:7: no topic of the source 'k' feeds the table: its";
    assertThat(
        tablesOfTopics("topics: [a, order]", ""),
        contains(where + " 'sourceTable' is 'orders' by default; did you mean 'order'?"));
    assertThat(
        tablesOfTopics("topics: [a]", "b"),
        contains(where + " 'sourceTable' is 'b'; did you mean 'a'?"));
    assertThat(
        tablesOfTopics("topicPattern: shop\\..*", "orders"),
        contains(
            where + " 'sourceTable' is 'orders' by default, which 'topicPattern' does not match"));
  }

  @Test
  void valuesOfTheEnvironmentAreNeverShown() throws IOException {
    write(
        "lakehouse.yaml",
        """
        name: shop
        catalog: ${A}
        commitInterval: ${A}
        sources:
          a: {type: "${A}", format: "${A}", path: x, bronze: "${A}"}
        """);

    List<String> told = check(Map.of("A", "s3cret"));

    assertThat(
        told,
        contains(
            "lakehouse.yaml:2: 'catalog' must be a map, not text",
            "lakehouse.yaml:3: '${A}' is not a duration above zero; write for example 30s, 5m or"
                + " PT1H",
            "lakehouse.yaml:5: unknown type '${A}'; use one of files, kafka",
            "lakehouse.yaml:5: unknown format '${A}'; use one of debezium-json, canal-json,"
                + " maxwell-json, json, debezium-avro, avro, csv, parquet",
            "lakehouse.yaml:5: '${A}' is not the name of a table; use namespace.table with letters,"
                + " digits and _"));
  }

  @Test
  void theSampleProjectHasNoProblem() {
    assertThat(Project.check(Path.of("..", "examples", "shop"), Map.of()), is(empty()));
  }
}
