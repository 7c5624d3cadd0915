package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes the files of a project with the table of orders, fed by its only source. */
public final class OrderProject {
  private static final String COLUMNS =
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
      """;

  private OrderProject() {}

  /**
   * Writes {@code lakehouse.yaml} and the contract of {@code silver.orders}.
   *
   * @param settings {@code lakehouse.yaml}, whose source has the name {@code shop}
   * @param tableProperties Iceberg properties of the table, beyond those of a new one
   */
  public static void write(
      Path folder, String settings, int buckets, Map<String, String> tableProperties) {
    StringBuilder contract = new StringBuilder();
    contract.append(
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
    contract
        .append("      - {property: partitionBy, value: [\"bucket(")
        .append(buckets)
        .append(", id)\"]}\n");
    if (!tableProperties.isEmpty()) {
      contract.append("      - property: tableProperties\n        value:\n");
      tableProperties.forEach(
          (key, value) ->
              contract
                  .append("          ")
                  .append(key)
                  .append(": \"")
                  .append(value)
                  .append("\"\n"));
    }
    contract.append(COLUMNS);
    try {
      Files.createDirectories(folder.resolve("contracts"));
      Files.writeString(folder.resolve("lakehouse.yaml"), settings);
      Files.writeString(folder.resolve("contracts/orders.odcs.yaml"), contract);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write the project to " + folder + ": " + e.getMessage(), e);
    }
  }
}
