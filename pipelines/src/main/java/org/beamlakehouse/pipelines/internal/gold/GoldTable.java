package org.beamlakehouse.pipelines.internal.gold;

import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.transforms.table.Column;

/** Creates gold tables and tells by which query their rows were made. */
public final class GoldTable {
  /** Snapshot summary key with the fingerprint of the query. */
  static final String QUERY_KEY = "beam-lakehouse.query";

  private GoldTable() {}

  /**
   * The table of a product, created where it is missing.
   *
   * <p>An incremental product is partitioned by its {@code incrementalBy} column, so that replacing
   * its values is a matter of whole files.
   *
   * @throws IllegalArgumentException where the table has other columns than the query
   */
  static Table ensure(CatalogConfig catalog, GoldQuery query) {
    Schema schema = IcebergTypes.schema(query.columns());
    PartitionSpec spec =
        query.incrementalBy() == null
            ? PartitionSpec.unpartitioned()
            : PartitionSpec.builderFor(schema).identity(query.incrementalBy()).build();
    Table table =
        Catalogs.loadOrCreate(
            catalog,
            query.table(),
            schema,
            spec,
            Map.of(
                TableProperties.FORMAT_VERSION,
                "3",
                TableProperties.PARQUET_COMPRESSION,
                "zstd",
                "owner",
                query.owner(),
                "comment",
                query.description()));
    List<Column> present =
        IcebergTypes.columns(table.schema()).stream()
            .map(c -> Column.of(c.name(), c.type()))
            .toList();
    if (!present.equals(query.columns())) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write %s: the table has the columns %s but the query gives %s;"
                  + " drop the table or give the product another name",
              query.table(), describe(present), describe(query.columns())));
    }
    return table;
  }

  /** True where the rows of the table were made by the query with this fingerprint. */
  public static boolean wasMadeBy(Table table, String queryFingerprint) {
    return queryFingerprint.equals(TableHistory.of(table).nearest(QUERY_KEY));
  }

  private static String describe(List<Column> columns) {
    return String.join(", ", columns.stream().map(c -> c.name() + " " + c.type()).toList());
  }
}
