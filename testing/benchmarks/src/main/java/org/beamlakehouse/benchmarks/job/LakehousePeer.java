package org.beamlakehouse.benchmarks.job;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.merge.SilverTables;
import org.beamlakehouse.pipelines.project.Project;

/** This project: one source and one contract, run by its command or without Beam. */
final class LakehousePeer implements Peer {
  static final String TABLE = "silver.orders";

  private final JobSetup setup;
  private final Path folder;
  private final Program program;

  /** What is run on the project. */
  enum Program {
    /** {@code lakehouse run}. */
    COMMAND,
    /** The same parser and merge with no Beam, and no bronze table. */
    PLAIN
  }

  /** A new project in a folder, its table filled. */
  LakehousePeer(JobSetup setup, Path folder, Program program) {
    this.setup = setup;
    this.folder = folder;
    this.program = program;
    write(
        "lakehouse.yaml",
        String.format(
            "name: %s%nsources:%n  shop:%n    type: files%n    format: debezium-json%n"
                + "    path: %s/*.jsonl%n",
            folder.getFileName(), setup.input()));
    write("contracts/orders.odcs.yaml", contract(setup.buckets(), setup.tableProperties()));
    Project project = project();
    BaseTable.fill(SilverTables.target(project.catalog(), project.tables().get(0)), setup.rows());
  }

  @Override
  public String name() {
    return program == Program.PLAIN
        ? "plain Java, no Beam, no bronze"
        : "Beam Lakehouse, " + setup.runner().label();
  }

  @Override
  public Session start() {
    return program == Program.PLAIN
        ? session(PlainRuns.class, List.of(folder.toString(), setup.input().toString()))
        : session(LakehouseRuns.class, runArguments());
  }

  private List<String> runArguments() {
    List<String> arguments = new ArrayList<>(List.of("run", "--project", folder.toString()));
    arguments.addAll(setup.runner().beamOptions());
    return arguments;
  }

  private Session session(Class<?> main, List<String> arguments) {
    return new JavaSession(
        setup.jvmOptions(),
        setup.classPath() + File.pathSeparator + OwnClasses.location(),
        main.getName(),
        arguments);
  }

  @Override
  public Table table() {
    return Catalogs.load(project().catalog(), TABLE);
  }

  CatalogConfig catalog() {
    return project().catalog();
  }

  private Project project() {
    return Project.load(folder, Map.of());
  }

  private static String contract(int buckets, Map<String, String> tableProperties) {
    StringBuilder yaml = new StringBuilder();
    yaml.append(
        """
        kind: DataContract
        apiVersion: v3.1.0
        id: bench-orders
        version: 1.0.0
        status: active
        schema:
          - name: orders
            physicalName: silver.orders
            customProperties:
              - {property: source, value: shop}
              - {property: sourceTable, value: public.orders}
        """);
    yaml.append("      - {property: partitionBy, value: [\"bucket(")
        .append(buckets)
        .append(", id)\"]}\n");
    if (!tableProperties.isEmpty()) {
      yaml.append("      - property: tableProperties\n        value:\n");
      tableProperties.forEach(
          (key, value) ->
              yaml.append("          ").append(key).append(": \"").append(value).append("\"\n"));
    }
    yaml.append(
        """
            properties:
              - {name: id, logicalType: integer, physicalType: long, primaryKey: true, required: true}
              - {name: customer_id, logicalType: integer, physicalType: long}
              - {name: status, logicalType: string}
              - {name: email, logicalType: string}
              - {name: city, logicalType: string}
              - {name: note, logicalType: string}
              - {name: amount, logicalType: number, physicalType: "decimal(12,2)"}
              - {name: weight, logicalType: number, physicalType: double}
              - {name: quantity, logicalType: integer, physicalType: int}
              - {name: gift, logicalType: boolean}
              - {name: created_at, logicalType: timestamp, physicalType: timestamptz}
              - {name: updated_at, logicalType: timestamp, physicalType: timestamptz}
        """);
    return yaml.toString();
  }

  private void write(String path, String text) {
    Path file = folder.resolve(path);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
