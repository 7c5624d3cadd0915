package org.beamlakehouse.io.internal.spread;

import java.util.concurrent.ThreadLocalRandom;
import org.apache.beam.sdk.coders.BigEndianShortCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Spreads pieces of work over the workers, evenly where it can ({@link EvenKeys}), and keeps a
 * runner from making them twice. Gives the elements it gets, in any order: a {@link
 * Reshuffle#viaRandomKey()} for elements that are few and large.
 */
public final class Spread<T> extends PTransform<PCollection<T>, PCollection<T>> {
  private static final long serialVersionUID = 1L;

  private Spread() {}

  /** Of elements of any type, which keep their coder. */
  public static <T> Spread<T> evenly() {
    return new Spread<>();
  }

  @Override
  public PCollection<T> expand(PCollection<T> input) {
    return input
        .apply("Turn", ParDo.of(new TurnFn<T>()))
        .setCoder(KvCoder.of(BigEndianShortCoder.of(), input.getCoder()))
        .apply("Shuffle", Reshuffle.of())
        .apply("Element", Values.create())
        .setCoder(input.getCoder());
  }

  private static final class TurnFn<T> extends DoFn<T, KV<Short, T>> {
    private static final long serialVersionUID = 1L;
    private static final byte[] NO_BYTES = {};

    private transient int turn;

    /** Begins anywhere, so that steps with little to do do not all do it on the same worker. */
    @Setup
    public void setUp() {
      turn = ThreadLocalRandom.current().nextInt(EvenKeys.TURNS);
    }

    @ProcessElement
    public void take(@Element T element, OutputReceiver<KV<Short, T>> out) {
      out.output(KV.of(EvenKeys.completing(NO_BYTES, turn), element));
      turn = (turn + 1) % EvenKeys.TURNS;
    }
  }
}
