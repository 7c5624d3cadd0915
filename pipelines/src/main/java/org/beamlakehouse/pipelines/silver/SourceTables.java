package org.beamlakehouse.pipelines.silver;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * One source with the tables that it feeds.
 *
 * @param bronzeTable where its records land
 * @param format how its records are written
 * @param tables the silver tables
 */
public record SourceTables(String bronzeTable, RecordFormat format, List<TableDefinition> tables)
    implements Serializable {
  public SourceTables {
    tables = List.copyOf(tables);
  }

  /** Where records go that cannot be parsed. */
  public String deadLetterTable() {
    return bronzeTable + "__dead_letter";
  }
}
