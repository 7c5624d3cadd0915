package org.beamlakehouse.transforms.internal.sql;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every line of {@code expressions.txt}: what expressions give, over every type of column. */
class SqlExpressionTest {

  static final List<Column> FIELDS =
      List.of(
          Column.of("status", ColumnType.STRING),
          Column.of("city", ColumnType.STRING),
          Column.of("digits", ColumnType.STRING),
          Column.of("flag", ColumnType.BOOLEAN),
          Column.of("qty", ColumnType.INT),
          Column.of("big", ColumnType.LONG),
          Column.of("small", ColumnType.FLOAT),
          Column.of("ratio", ColumnType.DOUBLE),
          Column.of("amount", ColumnType.decimal(10, 2)),
          Column.of("wide", ColumnType.decimal(38, 0)),
          Column.of("born", ColumnType.DATE),
          Column.of("opens", ColumnType.TIME),
          Column.of("local_ts", ColumnType.TIMESTAMP),
          Column.of("created", ColumnType.TIMESTAMPTZ),
          Column.of("id", ColumnType.UUID),
          Column.of("bytes", ColumnType.BINARY),
          Column.of("digest", ColumnType.fixed(2)),
          Column.of("tags", ColumnType.list(ColumnType.STRING)),
          Column.of("attributes", ColumnType.map(ColumnType.STRING, ColumnType.STRING)),
          Column.of(
              "address",
              ColumnType.struct(
                  List.of(
                      new ColumnType.Field("city", ColumnType.STRING, false),
                      new ColumnType.Field("zip", ColumnType.INT, false),
                      new ColumnType.Field(
                          "geo",
                          ColumnType.struct(
                              List.of(new ColumnType.Field("lat", ColumnType.DOUBLE, false))),
                          false)))),
          Column.of("order", ColumnType.INT),
          Column.of("payload.op", ColumnType.STRING),
          Column.of("two words", ColumnType.STRING),
          Column.of("current_date", ColumnType.DATE));

  static final Object[] FULL = {
    "PAID",
    "Zürich",
    "123",
    true,
    7,
    9_000_000_000_000L,
    1.5f,
    0.25,
    new BigDecimal("12.50"),
    new BigDecimal("12345678901234567890123456789012345678"),
    LocalDate.of(1985, 3, 21),
    LocalTime.of(8, 30, 0, 1_000),
    LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000),
    Instant.parse("2024-05-06T07:08:09.123456Z"),
    UUID.fromString("123e4567-e89b-12d3-a456-426614174000"),
    new byte[] {0, -1},
    new byte[] {1, 2},
    Arrays.asList("a", "b", null),
    Map.of("k", "v"),
    List.of("Bern", 3012, List.of(46.9)),
    3,
    "D",
    "yes",
    LocalDate.of(2001, 1, 1)
  };

  static final Object[] NULL = new Object[FIELDS.size()];

  record Example(String row, String sql, String type, String value) {}

  static Stream<Example> examples() throws Exception {
    try (var file = SqlExpressionTest.class.getResourceAsStream("expressions.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(
                  line -> {
                    String[] parts = line.split(" \\| ");
                    return new Example(
                        parts[0].strip(), parts[1].strip(), parts[2].strip(), parts[3].strip());
                  })
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void givesTheTypeAndValueOfTheTable(Example example) {
    SqlExpression expression = SqlExpression.of(example.sql(), FIELDS);

    Object value = expression.evaluate(example.row().equals("full") ? FULL : NULL);

    assertThat(expression.type() + " " + text(value), is(example.type() + " " + example.value()));
    if (value != null) {
      assertThat(value, instanceOf(javaClass(expression.type())));
    }
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
  }

  private static Class<?> javaClass(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> Boolean.class;
      case INT -> Integer.class;
      case LONG -> Long.class;
      case FLOAT -> Float.class;
      case DOUBLE -> Double.class;
      case DECIMAL -> BigDecimal.class;
      case DATE -> LocalDate.class;
      case TIME -> LocalTime.class;
      case TIMESTAMP -> LocalDateTime.class;
      case TIMESTAMPTZ -> Instant.class;
      case STRING -> String.class;
      case UUID -> UUID.class;
      case BINARY, FIXED -> byte[].class;
      case LIST, STRUCT -> List.class;
      case MAP -> Map.class;
    };
  }
}
