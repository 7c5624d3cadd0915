package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ValueOrderTest {

  /** Ascending values of every class of column values. */
  private static final List<List<Object>> ASCENDING =
      List.of(
          Arrays.asList(null, false, true),
          Arrays.asList(null, Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE),
          Arrays.asList(null, Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE),
          Arrays.asList(null, Float.NEGATIVE_INFINITY, -0.0f, 0.0f, 1.5f, Float.NaN),
          Arrays.asList(null, Double.NEGATIVE_INFINITY, -0.0, 0.0, 1.5, Double.NaN),
          Arrays.asList(
              null, new BigDecimal("-1.00"), new BigDecimal("0.00"), new BigDecimal("2.5")),
          Arrays.asList(null, LocalDate.of(1969, 12, 31), LocalDate.of(2024, 2, 29)),
          Arrays.asList(null, LocalTime.MIDNIGHT, LocalTime.of(23, 59)),
          Arrays.asList(
              null, LocalDateTime.of(2024, 1, 1, 0, 0), LocalDateTime.of(2024, 1, 1, 0, 1)),
          Arrays.asList(null, Instant.EPOCH, Instant.ofEpochSecond(1, 1_000)),
          Arrays.asList(null, "", "A", "a", "ab", "b"),
          Arrays.asList(
              null,
              new UUID(0, 1),
              new UUID(1, 0),
              new UUID(Long.MAX_VALUE, -1),
              new UUID(Long.MIN_VALUE, 0)),
          Arrays.asList(null, new byte[0], new byte[] {1}, new byte[] {1, 0}, new byte[] {-1}),
          Arrays.asList(
              null,
              List.of(),
              Arrays.asList((Object) null),
              List.of(1),
              List.of(1, 1),
              List.of(1, 2),
              List.of(2)),
          Arrays.asList(
              null,
              Map.of(),
              Map.of("a", 1),
              Map.of("a", 1, "b", 1),
              Map.of("a", 2),
              Map.of("b", 0)),
          Arrays.asList(
              null, List.of(List.of("a")), List.of(List.of("a", "b")), List.of(Map.of())));

  @TestFactory
  Stream<DynamicTest> ordersValuesOfOneClass() {
    return ASCENDING.stream()
        .map(
            values ->
                DynamicTest.dynamicTest(
                    String.valueOf(values.get(1).getClass().getSimpleName()),
                    () -> assertAscending(values)));
  }

  private static void assertAscending(List<Object> values) {
    for (int i = 0; i < values.size(); i++) {
      for (int j = 0; j < values.size(); j++) {
        assertThat(
            i + " against " + j,
            Integer.signum(ValueOrder.compare(values.get(i), values.get(j))),
            is(Integer.compare(i, j)));
      }
    }
  }

  @Test
  void ordersValuesOfDifferentClassesByClass() {
    assertAscending(
        Arrays.asList(
            null,
            true,
            9,
            8L,
            7f,
            6d,
            "text",
            BigDecimal.ONE,
            LocalDate.EPOCH,
            LocalTime.NOON,
            LocalDateTime.of(1970, 1, 1, 0, 0),
            Instant.EPOCH,
            new UUID(0, 0),
            new byte[0],
            List.of(),
            Map.of()));
  }

  @Test
  void takesDecimalsOfDifferentScaleForEqual() {
    assertThat(ValueOrder.equal(new BigDecimal("1.0"), new BigDecimal("1.00")), is(true));
  }

  @Test
  void takesByteArraysOfTheSameBytesForEqual() {
    assertThat(ValueOrder.equal(new byte[] {1, 2}, new byte[] {1, 2}), is(true));
    assertThat(ValueOrder.equal(List.of(new byte[] {1, 2}), List.of(new byte[] {1, 2})), is(true));
  }

  @Test
  void doesNotCareInWhichOrderAMapIterates() {
    Map<String, Integer> oneWay = new LinkedHashMap<>();
    oneWay.put("a", 1);
    oneWay.put("b", null);
    Map<String, Integer> otherWay = new LinkedHashMap<>();
    otherWay.put("b", null);
    otherWay.put("a", 1);
    assertThat(ValueOrder.equal(oneWay, otherWay), is(true));
  }

  @Test
  void refusesClassesThatNoColumnHas() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> ValueOrder.compare(URI.create("secret"), new int[0]));
    assertThat(error.getMessage(), containsString("java.net.URI"));
    assertThat(error.getMessage().contains("secret"), is(false));
  }
}
