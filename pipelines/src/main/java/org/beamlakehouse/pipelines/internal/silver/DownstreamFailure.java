package org.beamlakehouse.pipelines.internal.silver;

import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;

/**
 * A failure of whoever takes what a step puts out: a runner may do the next steps' work while it
 * takes it. It is none of the step's own and must not be told as one.
 */
final class DownstreamFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private DownstreamFailure(RuntimeException cause) {
    super(cause);
  }

  /** Puts out what it is given. */
  static <T> Consumer<T> to(OutputReceiver<T> out) {
    return value -> {
      try {
        out.output(value);
      } catch (RuntimeException e) {
        throw new DownstreamFailure(e);
      }
    };
  }

  /** Throws the failure on where it is not the step's own. */
  static void throwIfNotOwn(Exception failure) {
    if (failure instanceof DownstreamFailure other
        && other.getCause() instanceof RuntimeException cause) {
      throw cause;
    }
  }
}
