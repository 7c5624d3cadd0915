package org.beamlakehouse.pipelines.internal.gold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ScanTaskParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.snapshot.SnapshotReader;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.pipelines.internal.gold.query.GoldTypes;
import org.beamlakehouse.pipelines.internal.gold.query.IncrementalValue;
import org.beamlakehouse.transforms.table.Column;

/** Reads the columns of an input table that a query names, as rows for Beam SQL. */
final class ReadGoldInput extends DoFn<GoldScan, Row> {
  private final CatalogConfig catalog;
  private final String product;
  private final List<Column> columns;
  private final Schema schema;
  private final IncrementalValue value;
  private final OnFailure onFailure;

  /**
   * A reader.
   *
   * @param product the table that the rows are read for
   * @param columns the columns to read, in the order of the rows
   * @param value the incremental value of this table; null where it has none
   */
  ReadGoldInput(
      CatalogConfig catalog,
      String product,
      List<Column> columns,
      IncrementalValue value,
      OnFailure onFailure) {
    this.catalog = catalog;
    this.product = product;
    this.onFailure = onFailure;
    this.columns = List.copyOf(columns);
    this.schema = GoldTypes.sqlSchema(columns);
    this.value = value;
  }

  @ProcessElement
  public void read(@Element GoldScan scan, MultiOutputReceiver out) {
    RuntimeException failure;
    try {
      read(scan, out.get(GoldHop.ROWS));
      return;
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    } catch (RuntimeException e) {
      failure = e;
    }
    out.get(GoldHop.FAILURES).output(GoldFailure.of(product, failure, onFailure));
  }

  private void read(GoldScan scan, OutputReceiver<Row> out) throws IOException {
    Table table = Catalogs.load(catalog, scan.table());
    List<String> names = new ArrayList<>(columns.stream().map(Column::name).toList());
    if (scan.values() != null) {
      value.projection(table.schema()).columns().forEach(field -> names.add(field.name()));
    }
    org.apache.iceberg.Schema projection = table.schema().select(names);
    FileScanTask task = ScanTaskParser.fromJson(scan.task(), false);
    new SnapshotReader(table, projection)
        .read(
            task,
            record -> {
              if (scan.values() != null && !scan.values().contains(value.of(record))) {
                return;
              }
              List<Object> values = new ArrayList<>(columns.size());
              for (Column column : columns) {
                Types.NestedField field = projection.findField(column.name());
                values.add(
                    GoldTypes.toSql(
                        column.type(),
                        IcebergTypes.fromIceberg(field.type(), record.getField(column.name()))));
              }
              out.output(Row.withSchema(schema).attachValues(values));
            });
  }
}
