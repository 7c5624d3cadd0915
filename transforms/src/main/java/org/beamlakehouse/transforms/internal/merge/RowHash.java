package org.beamlakehouse.transforms.internal.merge;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The hash of a row's tracked columns, {@code row_hash}: the SHA-256 of the values' bytes in
 * lower-case hexadecimal digits. Equal values (by {@link ValueOrder#equal}) give equal hashes.
 *
 * <p>The bytes are those of the tracked columns one after another, in the order of the definition's
 * {@code trackedColumns()}. Each value is one tag byte and a payload that is of fixed length or
 * tells its length, so that no two rows share their bytes. All numbers are big-endian.
 *
 * <table>
 *   <caption>Bytes of a value</caption>
 *   <tr><th>value</th><th>tag</th><th>payload</th></tr>
 *   <tr><td>null</td><td>00</td><td>none</td></tr>
 *   <tr><td>boolean</td><td>01</td><td>1 byte, 0 or 1</td></tr>
 *   <tr><td>int, long</td><td>02</td><td>8 bytes</td></tr>
 *   <tr><td>float, double</td><td>03</td><td>8 bytes of {@link Double#doubleToLongBits}</td></tr>
 *   <tr><td>decimal</td><td>04</td><td>without trailing zeros: 4 bytes scale, then the unscaled
 *       value in two's complement as for binary</td></tr>
 *   <tr><td>date</td><td>05</td><td>8 bytes, days since 1970-01-01</td></tr>
 *   <tr><td>time</td><td>06</td><td>8 bytes, nanoseconds of the day</td></tr>
 *   <tr><td>timestamp</td><td>07</td><td>8 bytes seconds since 1970-01-01T00:00:00, 4 bytes
 *       nanoseconds</td></tr>
 *   <tr><td>timestamptz</td><td>08</td><td>as timestamp, in UTC</td></tr>
 *   <tr><td>string</td><td>09</td><td>its UTF-8 as for binary</td></tr>
 *   <tr><td>uuid</td><td>0a</td><td>16 bytes</td></tr>
 *   <tr><td>binary, fixed</td><td>0b</td><td>4 bytes length, then the bytes</td></tr>
 *   <tr><td>list, struct</td><td>0c</td><td>4 bytes count, then each element with its tag</td></tr>
 *   <tr><td>map</td><td>0d</td><td>4 bytes count of entries, then key and value of each, each with
 *       its tag, in the {@link ValueOrder} of the keys</td></tr>
 * </table>
 *
 * <p>Integers of both widths share a tag, as do floating point numbers: a column that is widened
 * keeps its hashes.
 */
public final class RowHash implements Serializable {
  private final int[] columns;

  private RowHash(int[] columns) {
    this.columns = columns;
  }

  /** The hash over the tracked columns of a table. */
  public static RowHash of(TableDefinition table) {
    return new RowHash(table.trackedColumns().stream().mapToInt(table::indexOf).toArray());
  }

  /**
   * The hash of one row.
   *
   * @param values the carried columns, of the classes that {@link ColumnType} names; may hold nulls
   * @return 64 lower-case hexadecimal digits
   * @throws IllegalArgumentException where a value's class is none of {@link ColumnType}'s
   */
  public String hash(Object[] values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 * columns.length);
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (int column : columns) {
        write(values[column], out);
      }
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot hash a row: memory refused a write", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot hash a row: this Java has no SHA-256", e);
    }
  }

  private static void write(@Nullable Object value, DataOutputStream out) throws IOException {
    if (value == null) {
      out.writeByte(0x00);
    } else if (value instanceof Boolean bool) {
      out.writeByte(0x01);
      out.writeBoolean(bool);
    } else if (value instanceof Integer || value instanceof Long) {
      out.writeByte(0x02);
      out.writeLong(((Number) value).longValue());
    } else if (value instanceof Float || value instanceof Double) {
      out.writeByte(0x03);
      out.writeLong(Double.doubleToLongBits(((Number) value).doubleValue()));
    } else if (value instanceof BigDecimal decimal) {
      BigDecimal shortest = decimal.stripTrailingZeros();
      out.writeByte(0x04);
      out.writeInt(shortest.scale());
      writeBytes(shortest.unscaledValue().toByteArray(), out);
    } else if (value instanceof LocalDate date) {
      out.writeByte(0x05);
      out.writeLong(date.toEpochDay());
    } else if (value instanceof LocalTime time) {
      out.writeByte(0x06);
      out.writeLong(time.toNanoOfDay());
    } else if (value instanceof LocalDateTime time) {
      out.writeByte(0x07);
      writeInstant(time.toInstant(ZoneOffset.UTC), out);
    } else if (value instanceof Instant instant) {
      out.writeByte(0x08);
      writeInstant(instant, out);
    } else if (value instanceof String string) {
      out.writeByte(0x09);
      writeBytes(string.getBytes(StandardCharsets.UTF_8), out);
    } else if (value instanceof UUID uuid) {
      out.writeByte(0x0a);
      out.writeLong(uuid.getMostSignificantBits());
      out.writeLong(uuid.getLeastSignificantBits());
    } else if (value instanceof byte[] bytes) {
      out.writeByte(0x0b);
      writeBytes(bytes, out);
    } else {
      writeNested(value, out);
    }
  }

  private static void writeNested(Object value, DataOutputStream out) throws IOException {
    List<?> elements;
    if (value instanceof List<?> list) {
      out.writeByte(0x0c);
      out.writeInt(list.size());
      elements = list;
    } else if (value instanceof Map<?, ?> map) {
      out.writeByte(0x0d);
      out.writeInt(map.size());
      elements = ValueOrder.sortedEntries(map);
    } else {
      throw new IllegalArgumentException(
          "Cannot hash a value of class "
              + value.getClass().getName()
              + ": it is none of the classes of column values, convert it before the merge");
    }
    for (Object element : elements) {
      write(element, out);
    }
  }

  private static void writeInstant(Instant instant, DataOutputStream out) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
