package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.math.BigDecimal;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.table.StorageType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RowHashTest {
  private static final RowHash TWO_COLUMNS =
      RowHash.of(Tables.table(StorageType.HISTORY, List.of("a", "b")).build());

  /** A value and its bytes in the documented layout. */
  private record Layout(Object value, String hex) {}

  private static final List<Layout> LAYOUTS =
      List.of(
          new Layout(true, "01 01"),
          new Layout(5, "02 0000000000000005"),
          new Layout(-1L, "02 ffffffffffffffff"),
          new Layout(1.5f, "03 3ff8000000000000"),
          new Layout(1.5, "03 3ff8000000000000"),
          new Layout(new BigDecimal("1.50"), "04 00000001 00000001 0f"),
          new Layout(LocalDate.of(1970, 1, 2), "05 0000000000000001"),
          new Layout(LocalTime.ofNanoOfDay(1_000), "06 00000000000003e8"),
          new Layout(LocalDateTime.of(1970, 1, 1, 0, 0, 1, 5_000), "07 0000000000000001 00001388"),
          new Layout(Instant.ofEpochSecond(1, 5_000), "08 0000000000000001 00001388"),
          new Layout("é", "09 00000002 c3a9"),
          new Layout(new UUID(1, 2), "0a 0000000000000001 0000000000000002"),
          new Layout(new byte[] {7, 8}, "0b 00000002 0708"),
          new Layout(Arrays.asList("x", null), "0c 00000002 09 00000001 78 00"),
          new Layout(
              Map.of("b", 1, "a", 2),
              "0d 00000002 09 00000001 61 02 0000000000000002 09 00000001 62 02 0000000000000001"));

  @TestFactory
  Stream<DynamicTest> hashesTheDocumentedBytes() {
    return LAYOUTS.stream()
        .map(
            layout ->
                DynamicTest.dynamicTest(
                    layout.value().getClass().getSimpleName(),
                    () ->
                        assertThat(
                            TWO_COLUMNS.hash(row(layout.value(), null)),
                            is(sha256(layout.hex() + "00")))));
  }

  @Test
  void isNullSafeAndUnambiguous() {
    List<Object[]> rows =
        List.of(
            row(null, null),
            row("", null),
            row(null, ""),
            row("a", "bc"),
            row("ab", "c"),
            row("null", null),
            row(List.of("a", "b"), null),
            row(List.of("a"), "b"),
            row(1, null),
            row("1", null),
            row(new byte[] {49}, null),
            row(Map.of(), null),
            row(List.of(), null));
    Set<String> hashes = new HashSet<>();
    rows.forEach(row -> hashes.add(TWO_COLUMNS.hash(row)));
    assertThat(hashes, hasSize(rows.size()));
  }

  @Test
  void isOfTrackedColumnsOnly() {
    RowHash hash =
        RowHash.of(
            Tables.table(StorageType.HISTORY, List.of("a", "b"))
                .trackedColumns(List.of("b"))
                .build());
    assertThat(hash.hash(row("x", "same")), is(hash.hash(row("y", "same"))));
    assertThat(hash.hash(row("x", "same")), is(not(hash.hash(row("x", "other")))));
  }

  @Test
  void staysTheSameWhenAColumnIsWidened() {
    assertThat(TWO_COLUMNS.hash(row(1, 1.5f)), is(TWO_COLUMNS.hash(row(1L, 1.5))));
    assertThat(
        TWO_COLUMNS.hash(row(new BigDecimal("1.5"), null)),
        is(TWO_COLUMNS.hash(row(new BigDecimal("1.50"), null))));
  }

  @Test
  void doesNotCareInWhichOrderAMapIterates() {
    Map<String, Integer> oneWay = new LinkedHashMap<>(Map.of("a", 1));
    oneWay.put("b", 2);
    Map<String, Integer> otherWay = new LinkedHashMap<>(Map.of("b", 2));
    otherWay.put("a", 1);
    assertThat(TWO_COLUMNS.hash(row(oneWay, null)), is(TWO_COLUMNS.hash(row(otherWay, null))));
  }

  private static Object[] row(Object a, Object b) {
    return new Object[] {1, a, b, null, null, null, null, null};
  }

  private static String sha256(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
