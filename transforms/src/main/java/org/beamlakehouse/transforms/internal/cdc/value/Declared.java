package org.beamlakehouse.transforms.internal.cdc.value;

import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a source or column was said to mean by values of which neither the record's schema nor its
 * format tells it.
 *
 * @param unit of numbers that are dates or times; null where nobody said
 * @param encoding of strings that are decimals; null where nobody said
 * @param digitsInText whether integers may be digits in a string
 */
public record Declared(
    @Nullable TimestampUnit unit, @Nullable DecimalEncoding encoding, boolean digitsInText) {
  public static final Declared NOTHING = new Declared(null, null, false);

  /** What holds for a field of a table's records that is no column. */
  public static Declared of(TableDefinition table) {
    return new Declared(table.timestampUnit(), table.decimalEncoding(), false);
  }

  /** What holds for a column. */
  public static Declared of(TableDefinition table, Column column) {
    Declared all = of(table);
    return new Declared(
        column.timestampUnit() != null ? column.timestampUnit() : all.unit,
        column.decimalEncoding() != null ? column.decimalEncoding() : all.encoding,
        false);
  }

  /** The same with a unit that is told for certain; null leaves all as it is. */
  public Declared told(@Nullable TimestampUnit certain) {
    return certain == null ? this : new Declared(certain, encoding, digitsInText);
  }

  /** The same where strings that are decimals are their digits for certain. */
  public Declared withTextDecimals() {
    return new Declared(unit, DecimalEncoding.TEXT, digitsInText);
  }

  /** The same where integers may be digits in a string. */
  public Declared withDigitsInText() {
    return new Declared(unit, encoding, true);
  }
}
