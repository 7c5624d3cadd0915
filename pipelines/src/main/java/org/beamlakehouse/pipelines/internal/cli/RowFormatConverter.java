package org.beamlakehouse.pipelines.internal.cli;

import java.util.Locale;
import org.beamlakehouse.pipelines.internal.show.RowFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code table}, {@code jsonl} or {@code csv}. */
final class RowFormatConverter implements ITypeConverter<RowFormat> {
  @Override
  public RowFormat convert(String value) {
    for (RowFormat format : RowFormat.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(value)) {
        return format;
      }
    }
    throw new TypeConversionException(
        "Cannot use the format '" + value + "': it is one of table, jsonl, csv");
  }
}
