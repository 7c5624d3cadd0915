package org.beamlakehouse.io.internal.iceberg.snapshot;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.ThreadPools;

/**
 * Who reads and writes the manifests of a table, for {@code Scan.planWith} and {@code
 * SnapshotUpdate.scanManifestsWith}.
 *
 * <p>Where each takes a request to a store, several are under way at a time, by Iceberg's pool.
 * Iceberg looks only every ten milliseconds whether these are done, which is much longer than a
 * manifest on a local disk takes: those are worked on one after the other by who wants them.
 */
public final class ManifestThreads {
  private static final ExecutorService CALLER = new Caller();

  private ManifestThreads() {}

  /** The executor for a table's manifests. */
  public static ExecutorService of(Table table) {
    return of(table.location());
  }

  /** As {@link #of(Table)}, for a table's location. */
  static ExecutorService of(String location) {
    boolean local =
        location.startsWith("/") || location.toLowerCase(Locale.ROOT).startsWith("file:");
    return local ? CALLER : ThreadPools.getWorkerPool();
  }

  /** Runs each task at once, in the thread that brings it. Cannot be shut down. */
  private static final class Caller extends AbstractExecutorService {
    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {
      // It has no threads, and others use it.
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }
}
