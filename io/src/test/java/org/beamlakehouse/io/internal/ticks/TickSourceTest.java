package org.beamlakehouse.io.internal.ticks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class TickSourceTest {
  private final TickSource source = new TickSource(1_000);
  private long now = 10_400;
  private long nanos = 77;

  private TickSource.Reader reader(TickSource.Mark mark) {
    return new TickSource.Reader(source, mark == null ? null : mark.last(), () -> now, () -> nanos);
  }

  @Test
  void tellsEachIntervalOnceWhenItIsOver() {
    TickSource.Reader reader = reader(null);
    assertThat(reader.start(), is(true));
    assertThat(reader.getCurrent(), is(10_000L));
    now = 10_999;
    assertThat(reader.advance(), is(false));
    now = 11_000;
    assertThat(reader.advance(), is(true));
    assertThat(reader.getCurrent(), is(11_000L));
    assertThat(reader.advance(), is(false));
  }

  @Test
  void leavesOutIntervalsThatPassedWhileNobodyAsked() {
    TickSource.Reader reader = reader(null);
    reader.start();
    now = 25_700;
    assertThat(reader.advance(), is(true));
    assertThat(reader.getCurrent(), is(25_000L));
    assertThat(reader.advance(), is(false));
  }

  @Test
  void goesOnWhereTheClockIsSetBack() {
    TickSource.Reader reader = reader(null);
    assertThat(reader.start(), is(true));
    now -= 3_600_000;
    nanos += 500_000_000L;
    assertThat(reader.advance(), is(false));
    nanos += 99_999_999L;
    assertThat(reader.advance(), is(false));
    nanos += 1;
    assertThat(reader.advance(), is(true));
    assertThat(reader.getCurrent(), is(11_000L));
    assertThat("a restored one as well", reader(new TickSource.Mark(11_000L)).start(), is(false));
    TickSource.Reader restored = reader(new TickSource.Mark(11_000L));
    nanos += 1_000_000_000L;
    assertThat(restored.start(), is(true));
    assertThat(restored.getCurrent(), is(12_000L));
    // The clock is right again, and ahead.
    now = 15_100;
    assertThat(restored.advance(), is(true));
    assertThat(restored.getCurrent(), is(15_000L));
  }

  @Test
  void closesTheWindowOfAnIntervalWithItsTick() {
    TickSource.Reader reader = reader(null);
    reader.start();
    IntervalWindow window =
        FixedWindows.of(org.joda.time.Duration.millis(1_000))
            .assignWindow(reader.getCurrentTimestamp());
    assertThat(window.end(), is(Instant.ofEpochMilli(10_000)));
    assertThat(window.maxTimestamp().compareTo(reader.getWatermark()), is(lessThan(0)));
  }

  @Test
  void goesOnAfterAMark() throws Exception {
    TickSource.Reader reader = reader(null);
    assertThat(reader.getWatermark(), is(BoundedWindow.TIMESTAMP_MIN_VALUE));
    reader.start();
    Coder<TickSource.Mark> coder = source.getCheckpointMarkCoder();
    TickSource.Mark mark = CoderUtils.clone(coder, reader.getCheckpointMark());
    TickSource.Reader restored = reader(mark);
    assertThat("told before", restored.start(), is(false));
    assertThat(restored.getWatermark(), is(Instant.ofEpochMilli(10_000)));
    now += 1_000;
    assertThat(restored.advance(), is(true));
  }

  @Test
  void isOneBeatForAllWorkers() {
    assertThat(source.split(8, PipelineOptionsFactory.create()), hasSize(1));
  }

  @Test
  void refusesAnIntervalThatIsNone() {
    assertThrows(IllegalArgumentException.class, () -> Ticks.every(Duration.ZERO));
  }
}
