package org.beamlakehouse.transforms.change;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bytes of sequences are stored in tables: their order is that of the values, and what they are
 * for a value stays.
 */
class SequenceTest {
  private static final String NUL = "\0";

  @ParameterizedTest
  @CsvSource({
    "0, 20800000000000000000",
    "-1, 207fffffffffffffff00",
    "9223372036854775807, 20ffffffffffffffff00",
    "-9223372036854775808, 20000000000000000000",
  })
  void longsHaveTheirBytes(long value, String bytes) {
    assertThat(Sequence.of(value).toString(), is(bytes));
  }

  @Test
  void valuesOfEveryTypeHaveTheirBytes() {
    assertBytes("", "30" + "0000");
    assertBytes("a" + NUL + "b", "30" + "6100ff62" + "0000");
    assertBytes("é", "30" + "c3a9" + "0000");
    assertBytes(new BigDecimal("-0.01"), "28" + "7fffffffffffffffffffffffffffffff");
    assertBytes(new BigDecimal("1.00"), "28" + "80000000000000000000000000000064");
    assertBytes(-0.0, "2c" + "7fffffffffffffff");
    assertBytes(0.0, "2c" + "8000000000000000");
    assertBytes(1.5f, "2c" + "bff8000000000000");
    assertBytes(Instant.EPOCH, "10" + "8000000000000000");
    assertBytes(Instant.parse("1969-12-31T23:59:59.999999Z"), "10" + "7fffffffffffffff");
    assertBytes(Instant.parse("1970-01-01T00:00:00.000001999Z"), "10" + "8000000000000001");
    assertBytes(LocalDateTime.parse("1970-01-01T00:00:00.000001"), "10" + "8000000000000001");
    assertBytes(LocalDate.parse("1969-12-31"), "20" + "7fffffffffffffff");
    assertBytes(LocalTime.parse("00:00:01"), "20" + "80000000000f4240");
    assertBytes(-1, "20" + "7fffffffffffffff");
  }

  private static void assertBytes(Object value, String bytes) {
    assertThat(Sequence.builder().addValue(value).build().toString(), is(bytes + "00"));
  }

  @Test
  void timesBeyondTheMicrosecondsOf64BitsAreRefused() {
    for (Instant far :
        List.of(Instant.MAX, Instant.MIN, Instant.ofEpochSecond(Long.MAX_VALUE / 1_000_000))) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> Sequence.builder().add(far));
      assertThat(e.getMessage(), containsString("Cannot order changes by a time so far away"));
    }
  }

  @Test
  void decimalsBeyond38DigitsAreRefused() {
    BigDecimal wide = new BigDecimal(BigInteger.TEN.pow(39));
    assertThrows(IllegalArgumentException.class, () -> Sequence.builder().add(wide));
    BigDecimal widest = new BigDecimal(BigInteger.TEN.pow(38).subtract(BigInteger.ONE));
    assertThat(
        Sequence.builder()
                .add(widest)
                .build()
                .compareTo(Sequence.builder().add(widest.negate()).build())
            > 0,
        is(true));
  }

  @Property(tries = 2_000)
  void longsFollowTheirOrder(@ForAll long a, @ForAll long b) {
    assertOrder(a, b, Long.compare(a, b));
  }

  @Property(tries = 2_000)
  void doublesFollowTheirOrder(@ForAll("doubles") double a, @ForAll("doubles") double b) {
    assertOrder(a, b, Double.compare(a, b));
  }

  @Property(tries = 2_000)
  void decimalsFollowTheirOrder(
      @ForAll("decimals") BigDecimal a, @ForAll("decimals") BigDecimal b) {
    assertOrder(a, b, a.compareTo(b));
  }

  /** Strings by their bytes in UTF-8, those with zeros too, a prefix first. */
  @Property(tries = 5_000)
  void stringsFollowTheirOrder(@ForAll("strings") String a, @ForAll("strings") String b) {
    int order =
        Arrays.compareUnsigned(
            a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    assertOrder(a, b, order);
  }

  @Property(tries = 2_000)
  void timesFollowTheirOrder(@ForAll("times") Instant a, @ForAll("times") Instant b) {
    assertOrder(a, b, a.compareTo(b));
  }

  /** The first component decides, then the second, then the position. */
  @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE)
  void componentsCountOneAfterTheOther(@ForAll("places") Place a, @ForAll("places") Place b) {
    int first = Integer.signum(utf8(a.name(), b.name()));
    int second = first != 0 ? first : Long.compare(a.number(), b.number());
    int third = second != 0 ? second : Integer.signum(utf8(a.file(), b.file()));
    int fourth = third != 0 ? third : Long.compare(a.record(), b.record());
    Sequence x = a.sequence();
    Sequence y = b.sequence();
    assertThat(Integer.signum(x.compareTo(y)), is(Integer.signum(fourth)));
    assertThat(Integer.signum(x.compareOrder(y)), is(Integer.signum(second)));
    Sequence read = Sequence.fromBytes(x.bytes().clone());
    assertThat(read.sameOrder(x), is(true));
    assertThat(read.withoutPosition().sameOrder(y), is(second == 0));
    assertThat(read.withoutPosition().compareTo(x) < 0, is(true));
  }

  record Place(String name, long number, String file, long record) {
    Sequence sequence() {
      return SourcePosition.inFile(file, record).complete(Sequence.builder().add(name).add(number));
    }
  }

  private static int utf8(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertOrder(Object a, Object b, int order) {
    Sequence x = Sequence.builder().addValue(a).build();
    Sequence y = Sequence.builder().addValue(b).build();
    assertThat(Integer.signum(x.compareTo(y)), is(Integer.signum(order)));
    assertThat(x.sameOrder(y), is(order == 0));
    // What stands behind it does not matter where it decides.
    Sequence xLow = Sequence.builder().addValue(a).add(Long.MIN_VALUE).build();
    Sequence yHigh = Sequence.builder().addValue(b).add(Long.MAX_VALUE).build();
    if (order != 0) {
      assertThat(Integer.signum(xLow.compareTo(yHigh)), is(Integer.signum(order)));
    }
  }

  @Provide
  Arbitrary<String> strings() {
    return Arbitraries.strings()
        .withChars('\0', '\1', 'a', 'b', '\u007f', 'é', '\uffff')
        .ofMaxLength(5);
  }

  @Provide
  Arbitrary<Double> doubles() {
    return Arbitraries.oneOf(
        Arbitraries.doubles(),
        Arbitraries.of(
            0.0,
            -0.0,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            -Double.MIN_VALUE));
  }

  @Provide
  Arbitrary<BigDecimal> decimals() {
    BigInteger max = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
    return Arbitraries.bigIntegers()
        .between(max.negate(), max)
        .map(unscaled -> new BigDecimal(unscaled, 4));
  }

  @Provide
  Arbitrary<Instant> times() {
    return Arbitraries.longs()
        .between(-9_000_000_000_000_000_000L, 9_000_000_000_000_000_000L)
        .map(
            micros ->
                Instant.EPOCH.plusNanos(0).plus(micros, java.time.temporal.ChronoUnit.MICROS));
  }

  @Provide
  Arbitrary<Place> places() {
    return Combinators.combine(
            strings(),
            Arbitraries.longs().between(-1, 1),
            strings(),
            Arbitraries.longs().between(0, 2))
        .as(Place::new);
  }
}
