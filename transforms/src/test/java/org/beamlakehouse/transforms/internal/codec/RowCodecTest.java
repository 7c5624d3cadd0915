package org.beamlakehouse.transforms.internal.codec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.arrayContaining;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.codec.RandomValues.TypedRow;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RowCodecTest {

  @Provide
  Arbitrary<TypedRow> rows() {
    return RandomValues.rows();
  }

  @Property(tries = 1_000)
  void arraysComeBackAsTheyWere(@ForAll("rows") TypedRow row) {
    RowCodec codec = RowCodec.of(row.columns());
    ByteInput in = ByteInput.of(encode(codec, row.values()));
    assertThat(RandomValues.same(codec.read(in), row.values()), is(true));
    assertThat(in.remaining(), is(0));
  }

  @Property(tries = 500)
  void beamRowsComeBackAsTheyWereAndHaveTheSameBytesAsArrays(@ForAll("rows") TypedRow row) {
    Row beam = RandomValues.toBeam(row.columns(), row.values());
    RowCodec codec = RowCodec.ofBeamRows(row.columns(), beam.getSchema());
    ByteOutput out = new ByteOutput();
    codec.write(beam, out);
    assertThat(codec.readRow(ByteInput.of(out.toByteArray())), equalTo(beam));
    assertThat(out.toByteArray(), equalTo(encode(codec, row.values())));
  }

  @Property(tries = 300)
  void brokenBytesAreRefusedOrReadButNeverCrash(
      @ForAll("rows") TypedRow row, @ForAll int place, @ForAll byte other) {
    RowCodec codec = RowCodec.of(row.columns());
    byte[] bytes = encode(codec, row.values());
    byte[] cut = Arrays.copyOf(bytes, Math.floorMod(place, bytes.length));
    assertThrows(IllegalArgumentException.class, () -> codec.read(ByteInput.of(cut)));
    byte[] changed = bytes.clone();
    changed[Math.floorMod(place, bytes.length)] = other;
    try {
      codec.read(ByteInput.of(changed));
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      // Refused: as good as read as something else.
      assertThat(e.getMessage(), is(not(equalTo(null))));
    }
  }

  static List<Arguments> extremes() {
    return List.of(
        Arguments.of(ColumnType.INT, Integer.MIN_VALUE, Integer.MAX_VALUE),
        Arguments.of(ColumnType.LONG, Long.MIN_VALUE, Long.MAX_VALUE),
        Arguments.of(ColumnType.FLOAT, -0f, Float.NaN),
        Arguments.of(ColumnType.DOUBLE, -0d, Double.NaN),
        Arguments.of(ColumnType.DATE, LocalDate.MIN, LocalDate.MAX),
        Arguments.of(ColumnType.TIME, LocalTime.MIN, LocalTime.MAX),
        Arguments.of(ColumnType.TIMESTAMP, LocalDateTime.MIN, LocalDateTime.MAX),
        Arguments.of(ColumnType.TIMESTAMPTZ, Instant.MIN, Instant.MAX),
        Arguments.of(
            ColumnType.decimal(18, 0),
            new BigDecimal("-999999999999999999"),
            new BigDecimal("999999999999999999")),
        Arguments.of(
            ColumnType.decimal(38, 38),
            new BigDecimal("-0." + "9".repeat(38)),
            new BigDecimal("0." + "0".repeat(37) + "1")),
        Arguments.of(ColumnType.STRING, "", "\u0000é€\ud83d\ude80".repeat(100_000)),
        Arguments.of(
            ColumnType.list(ColumnType.STRING),
            List.of(),
            Arrays.asList(new String[] {null, null, null, null, null, null, null, null, null})));
  }

  @ParameterizedTest
  @MethodSource("extremes")
  void extremesComeBackAsTheyWere(ColumnType type, Object low, Object high) {
    RowCodec codec = RowCodec.of(List.of(Column.of("a", type), Column.of("b", type)));
    Object[] values = {low, high};
    assertThat(codec.read(ByteInput.of(encode(codec, values))), arrayContaining(values));
  }

  @Test
  void smallRowsTakeFewBytes() {
    RowCodec codec =
        RowCodec.of(
            List.of(
                Column.of("id", ColumnType.LONG),
                Column.of("name", ColumnType.STRING),
                Column.of("amount", ColumnType.decimal(10, 2)),
                Column.of("at", ColumnType.TIMESTAMPTZ),
                Column.of("note", ColumnType.STRING)));
    Object[] values = {
      42L, "abc", new BigDecimal("10.50"), Instant.parse("2026-01-02T03:04:05.123456Z"), null
    };
    // Nulls 1, id 1, name 4, amount 2, time 8.
    assertThat(encode(codec, values).length, lessThanOrEqualTo(16));
  }

  @Test
  void equalMapsHaveEqualBytesWhateverTheirOrder() {
    RowCodec codec =
        RowCodec.of(List.of(Column.of("m", ColumnType.map(ColumnType.STRING, ColumnType.INT))));
    Map<String, Integer> ascending = new LinkedHashMap<>();
    Map<String, Integer> descending = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      ascending.put("k" + i, i);
      descending.put("k" + (19 - i), 19 - i);
    }
    assertThat(
        encode(codec, new Object[] {descending}), equalTo(encode(codec, new Object[] {ascending})));
  }

  static List<Arguments> wrongValues() {
    ColumnType struct = ColumnType.struct(List.of(new Field("x", ColumnType.INT, true)));
    return List.of(
        Arguments.of(ColumnType.LONG, 1, "java.lang.Integer"),
        Arguments.of(ColumnType.STRING, 12, "java.lang.Integer"),
        Arguments.of(ColumnType.decimal(5, 2), new BigDecimal("1.234"), "scale 3"),
        Arguments.of(ColumnType.decimal(5, 2), new BigDecimal("1234.56"), "6 digits"),
        Arguments.of(ColumnType.fixed(4), new byte[3], "3 bytes"),
        Arguments.of(struct, List.of(1, 2), "2 values"),
        Arguments.of(struct, "x", "java.lang.String"),
        Arguments.of(ColumnType.list(ColumnType.INT), List.of("x"), "list<int>"),
        Arguments.of(
            ColumnType.map(ColumnType.STRING, ColumnType.INT),
            Collections.singletonMap(null, 1),
            "null key"));
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void valuesOfAnotherTypeAreRefusedByColumnAndType(ColumnType type, Object value, String what) {
    RowCodec codec = RowCodec.of(List.of(Column.of("a", type)));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> encode(codec, new Object[] {value}));
    assertThat(
        e.getMessage(), allOf(containsString("Cannot encode column a"), containsString(what)));
  }

  @Test
  void aWrongNumberOfValuesIsRefused() {
    RowCodec codec = RowCodec.of(List.of(Column.of("a", ColumnType.INT)));
    assertThrows(IllegalArgumentException.class, () -> encode(codec, new Object[2]));
  }

  @Test
  void arrayCodecsReadNoBeamRows() {
    RowCodec codec = RowCodec.of(List.of(Column.of("a", ColumnType.INT)));
    byte[] bytes = encode(codec, new Object[1]);
    assertThrows(IllegalStateException.class, () -> codec.readRow(ByteInput.of(bytes)));
  }

  private static byte[] encode(RowCodec codec, Object[] values) {
    ByteOutput out = new ByteOutput();
    codec.write(values, out);
    return out.toByteArray();
  }
}
