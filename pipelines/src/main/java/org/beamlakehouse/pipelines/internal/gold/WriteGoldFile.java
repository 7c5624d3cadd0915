package org.beamlakehouse.pipelines.internal.gold;

import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.pipelines.internal.context.RunMetrics;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.GoldTypes;
import org.beamlakehouse.transforms.table.Column;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Writes the rows of one partition of a gold table to a data file and hands out its JSON form. */
final class WriteGoldFile extends DoFn<KV<String, Iterable<Row>>, String> {
  private final CatalogConfig catalog;
  private final GoldQuery query;

  private final OnFailure onFailure;

  WriteGoldFile(CatalogConfig catalog, GoldQuery query, OnFailure onFailure) {
    this.catalog = catalog;
    this.query = query;
    this.onFailure = onFailure;
  }

  @ProcessElement
  public void write(@Element KV<String, Iterable<Row>> partition, MultiOutputReceiver out) {
    String file;
    try {
      file = write(partition.getValue());
    } catch (RuntimeException e) {
      out.get(GoldHop.FAILURES).output(GoldFailure.of(query.table(), e, onFailure));
      return;
    }
    if (file != null) {
      out.get(GoldHop.FILES).output(file);
    }
  }

  private @Nullable String write(Iterable<Row> rows) {
    Table table = GoldTable.ensure(catalog, query);
    List<Column> columns = query.columns();
    List<Types.NestedField> fields = table.schema().columns();
    RowWriter writer = null;
    try {
      for (Row row : rows) {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] =
              InternalValues.of(
                  fields.get(i).type(), GoldTypes.fromSql(columns.get(i).type(), row.getValue(i)));
        }
        if (writer == null) {
          writer = RowWriter.open(table, RowWriter.partition(table, InternalRow.over(values)));
        }
        writer.write(values);
        RunMetrics.GOLD_ROWS.inc();
      }
      return writer == null ? null : FileJson.write(table, writer.finish());
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }
}
