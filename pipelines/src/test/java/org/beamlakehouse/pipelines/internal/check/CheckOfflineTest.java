package org.beamlakehouse.pipelines.internal.check;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.beamlakehouse.pipelines.internal.cli.LakehouseCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code check} tells of a project by its files alone, and what it warns of. */
class CheckOfflineTest {
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: %1$s
      version: 1.0.0
      status: active
      schema:
        - name: %1$s
          physicalName: silver.%1$s
          properties:
            - {name: id, logicalType: integer, primaryKey: true}
          customProperties:
            - {property: source, value: db}
      %2$s\
      """;

  @TempDir Path folder;

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void contract(String name, String sourceTable) throws IOException {
    String property =
        sourceTable.isEmpty()
            ? ""
            : "      - {property: sourceTable, value: " + sourceTable + "}\n";
    write("contracts/" + name + ".odcs.yaml", CONTRACT.formatted(name, property));
  }

  private String check(int code) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    int exit =
        LakehouseCommand.execute(
            new PrintStream(out, true),
            new PrintWriter(err, true),
            Map.of(),
            "check",
            "--offline",
            "--project",
            folder.toString());
    assertThat(err.toString(), exit, is(code));
    return err.toString();
  }

  @Test
  void needsNeitherCatalogNorFoldersNorBrokersNorRegistries() throws IOException {
    write(
        "lakehouse.yaml",
        """
        name: shop
        catalog: {type: jdbc, uri: 'jdbc:nosuch://nowhere.invalid/x', warehouse: none/warehouse}
        sources:
          db: {type: files, path: not/there/*.jsonl, format: debezium-json}
          k:
            type: kafka
            bootstrapServers: nowhere.invalid:1
            topics: [a]
            format: avro
            schemaRegistry: http://nowhere.invalid:1
        """);
    contract("orders", "");
    write(
        "gold/g.sql",
        """
        /*---
        table: gold.g
        owner: o
        description: d
        ---*/
        SELECT id, COUNT(*) AS n FROM silver.orders GROUP BY id
        """);
    assertThat(check(0), containsString("the source 'k' feeds no table"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(
          files.map(file -> file.getFileName().toString()).sorted().toList(),
          is(List.of("contracts", "gold", "lakehouse.yaml")));
    }
    contract("orders", "");
    write("gold/g.sql", Files.readString(folder.resolve("gold/g.sql")).replace("id,", "nosuch,"));
    assertThat(check(2), containsString("gold/g.sql"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          catalog: {uri: 'jdbc:postgresql://u:${UNSET_A}@h/x', warehouse: '${UNSET_B}'} | UNSET_A, UNSET_B
          sources: {db: {type: files, path: '${UNSET_A}/*.jsonl', format: json, bronze: 'bronze.${UNSET_B}'}} | UNSET_A, UNSET_B
          sources: {db: {type: files, path: a, format: '${UNSET_A}'}} | UNSET_A
          sources: {db: {type: '${UNSET_A}', path: a, format: json}} | UNSET_A
          sources: {db: {type: kafka, bootstrapServers: '${UNSET_A}', topics: [orders], format: json}} | UNSET_A
          sources: {db: {type: kafka, bootstrapServers: b, topics: ['${UNSET_A}', other], format: json}} | UNSET_A
          sources: {db: {type: kafka, bootstrapServers: b, topics: '${UNSET_A}', format: json}} | UNSET_A
          sources: {db: {type: kafka, bootstrapServers: b, topicPattern: '${UNSET_A}.*', format: json}} | UNSET_A
          sources: {db: {type: kafka, bootstrapServers: b, topics: [orders], format: json, kafka: {max.poll.records: '${UNSET_A}', sasl.jaas.config: '${UNSET_B}'}}} | UNSET_A, UNSET_B
          sources: {db: {type: kafka, bootstrapServers: b, topics: [orders], format: avro, schemaRegistry: '${UNSET_A}', schemaRegistryConfig: {basic.auth.user.info: '${UNSET_B}'}}} | UNSET_A, UNSET_B
          commitInterval: '${UNSET_A}' | UNSET_A
          """)
  void needsNoValuesOfVariables(String settings, String unset) throws IOException {
    String sources =
        settings.startsWith("sources:")
            ? ""
            : "sources: {db: {type: files, path: 'a/*.jsonl', format: json}}\n";
    write("lakehouse.yaml", "name: shop\n" + sources + settings + "\n");
    contract("orders", "");
    Path contract = folder.resolve("contracts/orders.odcs.yaml");
    Files.writeString(
        contract, Files.readString(contract) + "      - {property: sequenceBy, value: id}\n");
    String told = check(0);
    for (String name : unset.split(", ")) {
      assertThat(
          told, containsString("warning: the environment variable " + name + " is not set; "));
    }
    assertThat(
        told.lines().filter(line -> line.contains("is not set")).count(),
        is((long) unset.split(", ").length));
  }

  @ParameterizedTest(name = "{0} of topics {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''              | pg.a.customers, pg.b.customers | may mean several tables of the source 'db' (pg.a.customers, pg.b.customers)
          ''              | pg.a.customers, pg.b.orders    |
          a.customers     | pg.a.customers, pg.b.customers |
          pg.a.customers  | pg.a.customers, pg.b.customers |
          a.Customers     | pg.a.customers                 | did you mean 'a.customers', as in the topic pg.a.customers?
          ''              | pg.a.custmers                  | did you mean 'custmers'
          ''              | everything                     |
          """)
  void warnsOfWhatCouldMeanSeveralTablesOrIsMisspelt(
      String sourceTable, String topics, String warning) throws IOException {
    write(
        "lakehouse.yaml",
        """
        name: shop
        sources:
          db: {type: kafka, bootstrapServers: 'b:1', format: debezium-json, topics: [%s]}
        """
            .formatted(topics));
    contract("customers", sourceTable);
    String told = check(0);
    if (warning == null) {
      assertThat(told, is(""));
    } else {
      assertThat(told, containsString("contracts/customers.odcs.yaml:7: warning: "));
      assertThat(told, containsString(warning));
    }
  }

  @Test
  void warnsOfADefaultBesideContractsThatNameTheirSchemas() throws IOException {
    write(
        "lakehouse.yaml",
        """
        name: shop
        sources:
          db: {type: files, path: data/*.jsonl, format: debezium-json}
        """);
    contract("customers", "");
    contract("customers_a", "tenant_a.customers");
    assertThat(check(0), is(""));
    contract("customers_b", "tenant_b.customers");
    assertThat(
        check(0),
        containsString(
            "the 'sourceTable' of silver.customers is 'customers' by default, which may mean"
                + " several tables of the source 'db' (tenant_a.customers, tenant_b.customers)"));
  }
}
