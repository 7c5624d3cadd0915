package org.beamlakehouse.pipelines.internal.contract;

import java.util.Objects;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * A silver table and where it is declared.
 *
 * @param file the contract, relative to the project's folder
 * @param line the line where the table's declaration begins
 * @param id the contract's {@code id}
 * @param table what the contract says of the table
 */
public record Contract(String file, int line, String id, TableDefinition table) {
  public Contract {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(table, "table");
  }
}
