package org.beamlakehouse.io.internal.ticks;

import java.time.Duration;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * A beat that never ends: one element per interval, at its end, alone in a window that is the
 * interval. The window closes at once, so whatever is made of an element passes every grouping of
 * the graph as fast as the work itself takes, and nothing waits for, or is late for, anything else.
 *
 * <p>The elements are the ends of the intervals: milliseconds since the epoch, multiples of the
 * interval's length. Intervals that pass while nobody asks (the pipeline is down, or too busy) have
 * no elements. The watermark is the end of the last interval.
 */
public final class Ticks extends PTransform<PBegin, PCollection<Long>> {
  private final long millis;

  private Ticks(long millis) {
    this.millis = millis;
  }

  /**
   * The beat of an interval.
   *
   * @throws IllegalArgumentException where it is shorter than a millisecond
   */
  public static Ticks every(Duration interval) {
    if (interval.toMillis() < 1) {
      throw new IllegalArgumentException(
          "Cannot tick every " + interval + ": give at least a millisecond");
    }
    return new Ticks(interval.toMillis());
  }

  @Override
  public PCollection<Long> expand(PBegin begin) {
    return begin
        .apply("Beat", Read.from(new TickSource(millis)))
        .apply(
            "Intervals",
            Window.<Long>into(FixedWindows.of(org.joda.time.Duration.millis(millis)))
                // What waits for a window's end waits for its lateness as well.
                .withAllowedLateness(org.joda.time.Duration.ZERO)
                .discardingFiredPanes());
  }
}
