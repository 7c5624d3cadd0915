package org.beamlakehouse.pipelines.internal.bronze;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Questions to several sources at once: one that does not answer delays none of the others. */
public final class SourceQuestions implements AutoCloseable {
  private static final int MOST_THREADS = 64;

  private final ExecutorService threads;

  /** As many questions at once as there are sources, within reason. */
  public SourceQuestions(int sources) {
    threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(MOST_THREADS, sources)),
            task -> {
              Thread daemon = new Thread(task, "asks-a-source");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  public <T> Future<T> ask(Callable<T> question) {
    return threads.submit(question);
  }

  /** Waits for an answer, or throws what the question met. */
  public static <T> T answer(Future<T> question) {
    try {
      return answer(question, Long.MAX_VALUE);
    } catch (TimeoutException e) {
      throw new IllegalStateException("Cannot read a source: it takes for ever", e);
    }
  }

  /**
   * The same for some milliseconds.
   *
   * @throws TimeoutException where it has not come by then
   */
  public static <T> T answer(Future<T> question, long millis) throws TimeoutException {
    try {
      return question.get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException told
          ? told
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot read a source: the run was interrupted", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
