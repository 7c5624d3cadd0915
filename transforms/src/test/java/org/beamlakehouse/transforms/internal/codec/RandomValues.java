package org.beamlakehouse.transforms.internal.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Field;

/** Random columns and values of every kind, nested to a depth of three, for property tests. */
public final class RandomValues {
  private static final BigInteger TEN = BigInteger.TEN;

  private RandomValues() {}

  /** Columns and one row of values, structs as lists. */
  public record TypedRow(List<Column> columns, Object[] values) {}

  /** One to twelve columns of any types, and values for them, nulls included. */
  public static Arbitrary<TypedRow> rows() {
    return columns().flatMap(columns -> values(columns).map(v -> new TypedRow(columns, v)));
  }

  /** One to twelve columns named c0, c1 and so on. */
  public static Arbitrary<List<Column>> columns() {
    return types(3)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .map(
            types -> {
              List<Column> columns = new ArrayList<>();
              for (ColumnType type : types) {
                columns.add(Column.of("c" + columns.size(), type));
              }
              return columns;
            });
  }

  /** A value or null for each column. */
  public static Arbitrary<Object[]> values(List<Column> columns) {
    List<Arbitrary<Object>> values =
        columns.stream().map(column -> value(column.type()).injectNull(0.15)).toList();
    return Combinators.combine(values).as(list -> list.toArray());
  }

  /** Types that may be keys of maps and tables. */
  public static Arbitrary<ColumnType> scalarTypes() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            ColumnType.BOOLEAN,
            ColumnType.INT,
            ColumnType.LONG,
            ColumnType.FLOAT,
            ColumnType.DOUBLE,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMPTZ,
            ColumnType.STRING,
            ColumnType.UUID),
        Arbitraries.integers()
            .between(1, 38)
            .flatMap(
                precision ->
                    Arbitraries.integers()
                        .between(0, precision)
                        .map(scale -> ColumnType.decimal(precision, scale))));
  }

  /** Any type, nested at most so deep. */
  public static Arbitrary<ColumnType> types(int depth) {
    Arbitrary<ColumnType> flat =
        Arbitraries.oneOf(
            scalarTypes(),
            Arbitraries.just(ColumnType.BINARY),
            Arbitraries.integers().between(1, 20).map(ColumnType::fixed));
    if (depth == 0) {
      return flat;
    }
    Arbitrary<ColumnType> inner = Arbitraries.lazy(() -> types(depth - 1));
    return Arbitraries.frequencyOf(
        Tuple.of(5, flat),
        Tuple.of(1, inner.map(ColumnType::list)),
        Tuple.of(1, Combinators.combine(scalarTypes(), inner).as(ColumnType::map)),
        Tuple.of(
            1,
            inner
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(
                    types -> {
                      List<Field> fields = new ArrayList<>();
                      for (ColumnType type : types) {
                        fields.add(new Field("f" + fields.size(), type, false));
                      }
                      return ColumnType.struct(fields);
                    })));
  }

  /** Values of a type in the form of the merge rules: structs are lists. Never null itself. */
  public static Arbitrary<Object> value(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> Arbitraries.of(true, false).map(v -> v);
      case INT -> Arbitraries.integers().map(v -> v);
      case LONG -> Arbitraries.longs().map(v -> v);
      case FLOAT ->
          Arbitraries.oneOf(
                  Arbitraries.floats(),
                  Arbitraries.of(Float.NaN, -0f, Float.POSITIVE_INFINITY, Float.MIN_VALUE))
              .map(v -> v);
      case DOUBLE ->
          Arbitraries.oneOf(
                  Arbitraries.doubles(),
                  Arbitraries.of(Double.NaN, -0d, Double.NEGATIVE_INFINITY, Double.MIN_VALUE))
              .map(v -> v);
      case DECIMAL -> {
        BigInteger limit = TEN.pow(type.precision()).subtract(BigInteger.ONE);
        yield Arbitraries.bigIntegers()
            .between(limit.negate(), limit)
            .map(unscaled -> new BigDecimal(unscaled, type.scale()));
      }
      case DATE ->
          Arbitraries.longs()
              .between(LocalDate.of(-9999, 1, 1).toEpochDay(), LocalDate.MAX.toEpochDay())
              .map(LocalDate::ofEpochDay);
      case TIME ->
          Arbitraries.longs().between(0, 86_399_999_999L).map(v -> LocalTime.ofNanoOfDay(v * 1000));
      case TIMESTAMP -> micros().map(v -> LocalDateTime.ofInstant(v, ZoneOffset.UTC));
      case TIMESTAMPTZ -> micros().map(v -> v);
      case STRING -> strings().map(v -> v);
      case UUID ->
          Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
              .as((high, low) -> new UUID(high, low));
      case BINARY -> Arbitraries.bytes().array(byte[].class).ofMaxSize(300).map(v -> v);
      case FIXED -> Arbitraries.bytes().array(byte[].class).ofSize(type.length()).map(v -> v);
      case LIST -> value(type.element()).injectNull(0.2).list().ofMaxSize(11).map(v -> (Object) v);
      case MAP ->
          Arbitraries.maps(value(type.key()), value(type.value()).injectNull(0.2))
              .ofMaxSize(5)
              .map(v -> (Object) v);
      case STRUCT ->
          Combinators.combine(
                  type.fields().stream().map(field -> value(field.type()).injectNull(0.2)).toList())
              .as(v -> Collections.unmodifiableList(new ArrayList<>(v)));
    };
  }

  /** Instants of microseconds, also before 1970 and far from today. */
  public static Arbitrary<Instant> micros() {
    return Arbitraries.longs()
        .between(-62_135_596_800_000_000L, 253_402_300_799_999_999L)
        .map(
            micros ->
                Instant.ofEpochSecond(
                    Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000));
  }

  /** Text with every kind of character but unpaired surrogates. */
  public static Arbitrary<String> strings() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ascii().ofMaxLength(200),
        Arbitraries.of("", "\u0000", "Zürich", "\u20ac", "\ud83d\ude80 go", "日本語", "a\u07ff"));
  }

  /** The same row as a Beam row. */
  public static Row toBeam(List<Column> columns, Object[] values) {
    Schema.Builder schema = Schema.builder();
    for (Column column : columns) {
      schema.addField(Schema.Field.of(column.name(), column.type().toBeam().withNullable(true)));
    }
    Row.Builder row = Row.withSchema(schema.build());
    for (int i = 0; i < values.length; i++) {
      row = row.addValue(toBeam(columns.get(i).type(), values[i]));
    }
    return row.build();
  }

  /** A value as it is in Beam rows: lists that stand for structs become rows. */
  public static Object toBeam(ColumnType type, Object value) {
    if (value == null) {
      return null;
    }
    switch (type.kind()) {
      case LIST:
        List<Object> list = new ArrayList<>();
        ((Collection<?>) value).forEach(item -> list.add(toBeam(type.element(), item)));
        return list;
      case MAP:
        Map<Object, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((k, v) -> map.put(k, toBeam(type.value(), v)));
        return map;
      case STRUCT:
        Row.Builder row = Row.withSchema(type.toBeam().getRowSchema());
        List<?> fields = (List<?>) value;
        for (int i = 0; i < fields.size(); i++) {
          row = row.addValue(toBeam(type.fields().get(i).type(), fields.get(i)));
        }
        return row.build();
      default:
        return value;
    }
  }

  /** Equality by value of any two values, byte arrays in collections included. */
  public static boolean same(Object a, Object b) {
    if (a instanceof byte[] x && b instanceof byte[] y) {
      return Arrays.equals(x, y);
    }
    if (a instanceof Object[] x && b instanceof Object[] y) {
      return same(Arrays.asList(x), Arrays.asList(y));
    }
    if (a instanceof Collection<?> x && b instanceof Collection<?> y) {
      Iterator<?> other = y.iterator();
      return x.size() == y.size() && x.stream().allMatch(item -> same(item, other.next()));
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.keySet().equals(y.keySet())
          && x.entrySet().stream().allMatch(e -> same(e.getValue(), y.get(e.getKey())));
    }
    return Objects.equals(a, b);
  }
}
