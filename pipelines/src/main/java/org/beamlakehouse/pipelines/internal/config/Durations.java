package org.beamlakehouse.pipelines.internal.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as people write them: {@code 30s}, {@code 1h30m}, {@code 2d}, {@code PT1H}. */
public final class Durations {
  private static final Pattern PARTS = Pattern.compile("(?:\\d+(?:ms|[smhd]))+");
  private static final Pattern PART = Pattern.compile("(\\d+)(ms|[smhd])");

  private Durations() {}

  /** The duration, never negative; empty where the text is none. */
  public static Optional<Duration> parse(String text) {
    String trimmed = text.strip();
    try {
      if (!PARTS.matcher(trimmed).matches()) {
        Duration iso = Duration.parse(trimmed.toUpperCase(Locale.ROOT));
        return iso.isNegative() ? Optional.empty() : Optional.of(iso);
      }
      Duration sum = Duration.ZERO;
      Matcher parts = PART.matcher(trimmed);
      while (parts.find()) {
        long amount = Long.parseLong(parts.group(1));
        sum =
            sum.plus(
                switch (parts.group(2)) {
                  case "ms" -> Duration.ofMillis(amount);
                  case "s" -> Duration.ofSeconds(amount);
                  case "m" -> Duration.ofMinutes(amount);
                  case "h" -> Duration.ofHours(amount);
                  default -> Duration.ofDays(amount);
                });
      }
      return Optional.of(sum);
    } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
