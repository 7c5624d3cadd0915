package org.beamlakehouse.pipelines.internal.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The signals that ask this process to end, while it runs a stream: the first one ends the stream,
 * so that what it did can be told and the exit code says how it went; a second one the process.
 */
final class EndSignals implements AutoCloseable {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();

  private EndSignals() {}

  /** Calls what ends the stream when the first signal comes. */
  static EndSignals listen(Runnable end) {
    EndSignals signals = new EndSignals();
    for (String name : NAMES) {
      Signal signal = new Signal(name);
      try {
        signals.before.put(
            signal,
            Signal.handle(
                signal,
                unused -> {
                  signals.close();
                  end.run();
                }));
      } catch (IllegalArgumentException e) {
        // The JVM keeps it for itself, as it was told to: then it ends the process at once.
      }
    }
    return signals;
  }

  /** Gives the signals back. */
  @Override
  public synchronized void close() {
    before.forEach(Signal::handle);
    before.clear();
  }
}
