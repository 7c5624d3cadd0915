package org.beamlakehouse.runners.flink.live;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Texts by which the rows of source and lake are compared. */
final class RowText {
  private static final int SHOWN = 60;

  private RowText() {}

  /** A row; long values by their beginning, length and hash. */
  static String of(List<@Nullable String> values) {
    return values.stream().map(RowText::brief).collect(Collectors.joining(" | "));
  }

  private static String brief(@Nullable String value) {
    return value == null || value.length() <= SHOWN
        ? String.valueOf(value)
        : value.substring(0, SHOWN) + "…" + value.length() + "#" + value.hashCode();
  }

  static String time(@Nullable Instant time) {
    return String.valueOf(time);
  }

  /** A record of Kafka. */
  static String record(String topic, int partition, long offset, @Nullable String checksum) {
    return String.format("%s/%d@%08d %s", topic, partition, offset, checksum);
  }
}
