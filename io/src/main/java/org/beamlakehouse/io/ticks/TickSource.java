package org.beamlakehouse.io.ticks;

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
    return new Reader(this, mark == null ? null : mark.last(), System::currentTimeMillis);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  /** Tells the interval that is over by a clock. */
  static final class Reader extends UnboundedReader<Long> {
    private final TickSource source;
    private final LongSupplier clock;
    private @Nullable Long last;

    Reader(TickSource source, @Nullable Long last, LongSupplier clock) {
      this.source = source;
      this.last = last;
      this.clock = clock;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      long now = clock.getAsLong();
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
