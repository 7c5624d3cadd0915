package org.beamlakehouse.benchmarks;

import java.math.BigDecimal;
import java.time.Instant;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/** A table of twelve columns and changes of it, for the micro benchmarks. */
final class OrdersTable {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private OrdersTable() {}

  static TableDefinition of(StorageType storage) {
    return TableDefinition.builder()
        .name("silver.orders")
        .storage(storage)
        .columns(
            Column.required("id", ColumnType.LONG),
            Column.of("customer_id", ColumnType.LONG),
            Column.of("status", ColumnType.STRING),
            Column.of("email", ColumnType.STRING),
            Column.of("city", ColumnType.STRING),
            Column.of("note", ColumnType.STRING),
            Column.of("amount", ColumnType.decimal(12, 2)),
            Column.of("weight", ColumnType.DOUBLE),
            Column.of("quantity", ColumnType.INT),
            Column.of("gift", ColumnType.BOOLEAN),
            Column.of("created_at", ColumnType.TIMESTAMPTZ),
            Column.of("updated_at", ColumnType.TIMESTAMPTZ))
        .keyColumns("id")
        .build();
  }

  /** An upsert of a key at a place in the order of changes. */
  static Change upsert(TableDefinition table, long key, long order) {
    Object[] values = new Object[table.carriedColumns().size()];
    values[0] = key;
    values[1] = order % 1_000;
    values[2] = order % 2 == 0 ? "paid" : "shipped";
    values[3] = "customer" + key + "@example.com";
    values[4] = "Lisbon";
    values[5] = "leave at the door, ring twice";
    values[6] = BigDecimal.valueOf(order * 31, 2);
    values[7] = order / 8.0;
    values[8] = (int) (order % 100);
    values[9] = order % 3 == 0;
    values[10] = TIME;
    values[11] = TIME.plusSeconds(order);
    values[table.carriedColumns().size() - 5] = TIME;
    Sequence sequence =
        SourcePosition.inFile("cdc/batch-0001.jsonl", order)
            .complete(Sequence.builder().add(order));
    Instant time = TIME.plusSeconds(order);
    return new Change(Change.Kind.UPSERT, sequence, time, time, values, null);
  }
}
