package org.beamlakehouse.pipelines.internal.silver;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One source with the tables that it feeds.
 *
 * @param bronzeTable where its records land
 * @param format how its records are written
 * @param schemas gives the schemas they were written with; null where the format needs none
 * @param tables the silver tables
 * @param others silver tables that it feeds as well, but not now
 */
public record SourceTables(
    String bronzeTable,
    RecordFormat format,
    @Nullable WriterSchemas schemas,
    List<TableDefinition> tables,
    List<TableDefinition> others)
    implements Serializable {
  public SourceTables {
    tables = List.copyOf(tables);
    others = List.copyOf(others);
  }

  /** The same source with other definitions of its tables, or only some of them. */
  public SourceTables withTables(List<TableDefinition> changed) {
    return new SourceTables(bronzeTable, format, schemas, changed, others);
  }

  /** A parser of the source's records for all of its tables. */
  RecordParser parser() {
    return RecordParser.of(format, tables, schemas);
  }

  /** Where records go that cannot be parsed. */
  public String deadLetterTable() {
    return bronzeTable + "__dead_letter";
  }
}
