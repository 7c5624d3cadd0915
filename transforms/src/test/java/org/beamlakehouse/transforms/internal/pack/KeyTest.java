package org.beamlakehouse.transforms.internal.pack;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyTest {

  static List<Arguments> equalKeys() {
    return List.of(
        Arguments.of(new Object[] {1L}, new Object[] {1L}),
        Arguments.of(new Object[] {"a", 2}, new Object[] {"a", 2}),
        Arguments.of(new Object[] {new byte[] {1, 2}}, new Object[] {new byte[] {1, 2}}),
        Arguments.of(new Object[] {Double.NaN}, new Object[] {Double.NaN}));
  }

  @ParameterizedTest
  @MethodSource("equalKeys")
  void keysOfEqualValuesAreEqual(Object[] one, Object[] other) {
    assertThat(Key.of(one), equalTo(Key.of(other)));
    assertThat(Key.of(one).hashCode(), equalTo(Key.of(other).hashCode()));
  }

  static List<Arguments> otherKeys() {
    return List.of(
        Arguments.of(new Object[] {1L}, new Object[] {1}),
        Arguments.of(new Object[] {"a", "b"}, new Object[] {"b", "a"}),
        Arguments.of(new Object[] {new byte[] {1, 2}}, new Object[] {new byte[] {1, 3}}),
        Arguments.of(new Object[] {new BigDecimal("1.0")}, new Object[] {new BigDecimal("1.00")}),
        Arguments.of(new Object[] {"Aa"}, new Object[] {"BB"}));
  }

  @ParameterizedTest
  @MethodSource("otherKeys")
  void keysOfOtherValuesAreNot(Object[] one, Object[] other) {
    assertThat(Key.of(one), not(equalTo(Key.of(other))));
  }

  @Test
  void tellsNoValuesInLogs() {
    assertThat(Key.of("ada@example.org").toString(), not(containsString("ada")));
  }
}
