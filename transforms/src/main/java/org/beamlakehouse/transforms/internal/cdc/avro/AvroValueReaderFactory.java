package org.beamlakehouse.transforms.internal.cdc.avro;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.value.DecimalReader;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes the reader of a column type for values of an Avro type. As with JSON there are no implicit
 * casts; where the types can never agree, the reader says so before any value is seen.
 */
public final class AvroValueReaderFactory {
  private AvroValueReaderFactory() {}

  /**
   * The reader of {@code column}.
   *
   * @param column null to take the value for what it is
   * @param declared what was said to hold where the schema does not tell
   */
  public static AvroValueReader of(AvroType type, @Nullable ColumnType column, Declared declared) {
    if (type.kind() == Schema.Type.UNION) {
      return union(type, column, declared);
    }
    if (type.kind() == Schema.Type.NULL) {
      return in -> null;
    }
    if (column == null) {
      return switch (type.kind()) {
        case ARRAY, MAP, RECORD -> in -> new JsonRowReader.JsonText(AvroValues.json(type, in));
        default -> AvroScalars.asTold(type);
      };
    }
    AvroValueReader reader =
        switch (type.kind()) {
          case ARRAY -> AvroNested.ofArray(type, column, declared);
          case MAP -> AvroNested.ofMap(type, column, declared);
          case RECORD -> ofRecord(type, column, declared);
          default -> AvroScalars.of(type, column, declared);
        };
    return reader != null ? reader : mismatch(type, column.toString());
  }

  /** The reader of values that never fit. */
  static AvroValueReader mismatch(AvroType type, String expected) {
    return new Mismatch(type, new Bad(expected, type.describe()));
  }

  private record Mismatch(AvroType type, Bad mismatch) implements AvroValueReader {
    @Override
    public Object read(AvroInput in) throws AvroException {
      AvroValues.skip(type, in);
      return mismatch;
    }
  }

  private static AvroValueReader union(
      AvroType type, @Nullable ColumnType column, Declared declared) {
    return ofBranches(
        type, type.parts().stream().map(branch -> of(branch, column, declared)).toList());
  }

  /** A reader of a union by the readers of its branches. */
  static AvroValueReader ofBranches(AvroType type, List<AvroValueReader> readers) {
    Bad mismatch = null;
    boolean fits = false;
    for (int i = 0; i < readers.size(); i++) {
      if (type.parts().get(i).kind() != Schema.Type.NULL) {
        fits |= readers.get(i).mismatch() == null;
        mismatch = mismatch != null ? mismatch : readers.get(i).mismatch();
      }
    }
    return new Branches(readers.toArray(new AvroValueReader[0]), fits ? null : mismatch);
  }

  private static final class Branches implements AvroValueReader {
    private final AvroValueReader[] readers;
    private final @Nullable Bad mismatch;

    Branches(AvroValueReader[] readers, @Nullable Bad mismatch) {
      this.readers = readers;
      this.mismatch = mismatch;
    }

    @Override
    public @Nullable Object read(AvroInput in) throws AvroException {
      return readers[in.readIndex(readers.length)].read(in);
    }

    @Override
    public @Nullable Bad mismatch() {
      return mismatch;
    }
  }

  private static @Nullable AvroValueReader ofRecord(
      AvroType type, ColumnType column, Declared declared) {
    return switch (column.kind()) {
      case STRUCT -> AvroNested.ofRecord(type, column, declared);
      case DECIMAL ->
          type.wire().kind() == WireType.Kind.VARIABLE_DECIMAL ? decimal(type, column) : null;
      case BINARY, FIXED ->
          type.wire().kind() == WireType.Kind.GEOMETRY ? geometry(type, column, declared) : null;
      default -> null;
    };
  }

  /** A decimal that brings its own scale. */
  private static AvroValueReader decimal(AvroType type, ColumnType column) {
    DecimalReader decimals = new DecimalReader(column, type.wire(), Declared.NOTHING);
    Bad none = new Bad(column.toString(), "an object without scale and value of a decimal");
    return in -> {
      BigDecimal unscaled = null;
      int scale = 0;
      boolean scaled = false;
      for (int i = 0; i < type.parts().size(); i++) {
        AvroType part = AvroValues.branch(type.parts().get(i), in);
        String name = type.names().get(i);
        if (name.equals("scale")
            && (part.kind() == Schema.Type.INT || part.kind() == Schema.Type.LONG)) {
          long value = in.readLong();
          scale = (int) value;
          scaled = scale == value;
        } else if (name.equals("value") && part.kind() == Schema.Type.BYTES) {
          in.readBytes();
          int to = Math.min(in.to(), in.from() + AvroScalars.MAX_DECIMAL_BYTES);
          unscaled = DecimalReader.decode(in.bytes(), in.from(), to, 0);
        } else {
          AvroValues.skip(part, in);
        }
      }
      return unscaled == null || !scaled
          ? none
          : decimals.fit(new BigDecimal(unscaled.unscaledValue(), scale));
    };
  }

  /** The well-known binary of a geometry. */
  private static AvroValueReader geometry(AvroType type, ColumnType column, Declared declared) {
    Bad none = new Bad(column.toString(), "an object without well-known binary");
    AvroValueReader[] readers = new AvroValueReader[type.parts().size()];
    int wkb = type.names().indexOf("wkb");
    Arrays.setAll(readers, i -> of(type.parts().get(i), i == wkb ? column : null, declared));
    return in -> {
      Object found = none;
      for (int i = 0; i < readers.length; i++) {
        Object value = readers[i].read(in);
        found = i == wkb && value != null ? value : found;
      }
      return found;
    };
  }
}
