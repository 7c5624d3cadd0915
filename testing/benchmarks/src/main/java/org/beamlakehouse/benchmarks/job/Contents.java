package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * What a table of orders holds, in whatever order it lies.
 *
 * @param rows all rows
 * @param deleted those that are marked as deleted
 * @param checksum the sum of the rows' {@link OrderValues#checksum}
 */
record Contents(long rows, long deleted, long checksum) {
  private static final String IS_DELETED = "is_deleted";

  /** Reads a whole table with Iceberg's generic reader. */
  static Contents of(Table table) {
    long rows = 0;
    long deleted = 0;
    long sum = 0;
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(table)
            .select(
                "id",
                "customer_id",
                "status",
                "email",
                "city",
                "note",
                "amount",
                "weight",
                "quantity",
                "gift",
                "created_at",
                "updated_at",
                IS_DELETED)
            .build()) {
      for (Record row : records) {
        boolean isDeleted = Boolean.TRUE.equals(row.getField(IS_DELETED));
        rows++;
        deleted += isDeleted ? 1 : 0;
        sum += values(row).checksum(isDeleted);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table.name() + ": " + e.getMessage(), e);
    }
    return new Contents(rows, deleted, sum);
  }

  private static OrderValues values(Record row) {
    return new OrderValues(
        (Long) row.getField("id"),
        (Long) row.getField("customer_id"),
        (String) row.getField("status"),
        (String) row.getField("email"),
        (String) row.getField("city"),
        (String) row.getField("note"),
        (BigDecimal) row.getField("amount"),
        (Double) row.getField("weight"),
        (Integer) row.getField("quantity"),
        (Boolean) row.getField("gift"),
        ((OffsetDateTime) row.getField("created_at")).toInstant(),
        ((OffsetDateTime) row.getField("updated_at")).toInstant());
  }
}
