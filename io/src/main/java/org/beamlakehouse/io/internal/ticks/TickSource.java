package org.beamlakehouse.io.internal.ticks;

import java.io.Serializable;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/** The source of {@link Ticks}: the end of the last interval that is over, each at most once. */
final class TickSource extends UnboundedSource<Long, TickSource.Mark> {
  private static final long NANOS = 1_000_000;

  private final long millis;

  /**
   * A source.
   *
   * @param millis length of the interval
   */
  TickSource(long millis) {
    this.millis = millis;
  }

  /**
   * How far the beat is.
   *
   * @param last end of the last interval that was told; null where none was
   */
  record Mark(@Nullable Long last) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {
      // Nobody is to be told.
    }
  }

  @Override
  public List<TickSource> split(int desiredNumSplits, PipelineOptions options) {
    // One beat for all.
    return List.of(this);
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(
        this, mark == null ? null : mark.last(), System::currentTimeMillis, System::nanoTime);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  /**
   * Tells the interval that is over by a clock. Where that is set back, time goes on from where it
   * was, as long as it really takes: intervals neither stop nor come twice.
   */
  static final class Reader extends UnboundedReader<Long> {
    private final TickSource source;
    private final LongSupplier clock;
    private final LongSupplier nanos;
    private @Nullable Long last;

    /** The latest time that it was, in milliseconds, and when that was. */
    private long latest;

    private long latestNanos;

    /**
     * @param clock milliseconds since the epoch, which somebody may set
     * @param nanos nanoseconds since some time, which always grow
     */
    Reader(TickSource source, @Nullable Long last, LongSupplier clock, LongSupplier nanos) {
      this.source = source;
      this.last = last;
      this.clock = clock;
      this.nanos = nanos;
      this.latest = last == null ? Long.MIN_VALUE : last;
      this.latestNanos = nanos.getAsLong();
    }

    private long now() {
      long passed = (nanos.getAsLong() - latestNanos) / NANOS;
      long now = clock.getAsLong();
      if (latest == Long.MIN_VALUE || now >= latest + passed) {
        latest = now;
        latestNanos = nanos.getAsLong();
      } else {
        latest += passed;
        latestNanos += passed * NANOS;
      }
      return latest;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      long now = now();
      long end = now - Math.floorMod(now, source.millis);
      if (last != null && end <= last) {
        return false;
      }
      last = end;
      return true;
    }

    @Override
    public Long getCurrent() {
      if (last == null) {
        throw new NoSuchElementException("Cannot tell an interval's end: none is over yet");
      }
      return last;
    }

    @Override
    public Instant getCurrentTimestamp() {
      // The last moment of the interval's window.
      return Instant.ofEpochMilli(getCurrent() - 1);
    }

    @Override
    public Instant getWatermark() {
      return last == null ? BoundedWindow.TIMESTAMP_MIN_VALUE : Instant.ofEpochMilli(last);
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(last);
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
