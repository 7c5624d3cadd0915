package org.beamlakehouse.io.internal.iceberg.datafile;

import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;

/**
 * How columns are found in data files that have no field ids, because they were written outside of
 * Iceberg and imported into a table.
 */
public final class NameMappings {
  private NameMappings() {}

  /**
   * By the table's own mapping, which imports leave and renames keep up; else by the names that its
   * columns have now. Never by their order, which Iceberg's readers fall back to: a file may have
   * any.
   */
  public static NameMapping of(Table table) {
    String own = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    return own == null ? MappingUtil.create(table.schema()) : NameMappingParser.fromJson(own);
  }
}
