package org.beamlakehouse.pipelines.internal.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "30s, PT30S",
    "500ms, PT0.5S",
    "5m, PT5M",
    "1h30m, PT1H30M",
    "2d, PT48H",
    "PT1H, PT1H",
    "pt1h, PT1H",
    "P2D, PT48H",
    "0s, PT0S"
  })
  void readsWhatPeopleWrite(String text, Duration expected) {
    assertThat(Durations.parse(text), is(Optional.of(expected)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "-1s", "1 h", "h", "PT-1H", "99999999999999999999s", "1y"})
  void refusesTheRest(String text) {
    assertThat(Durations.parse(text), is(Optional.empty()));
  }
}
