package org.beamlakehouse.pipelines.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.beamlakehouse.io.bronze.IngestPlan;
import org.beamlakehouse.io.bronze.IngestRequest;
import org.beamlakehouse.io.files.SourceFile;
import org.beamlakehouse.io.iceberg.CatalogConfig;

/** What a stream finds in one source of files, interval by interval. */
final class FileNews {
  /**
   * How long a file that was found and could not be read is left alone, until it is tried again.
   */
  private static final Duration FILE_PATIENCE = Duration.ofMinutes(5);

  private final CatalogConfig catalog;
  private final IngestRequest request;
  private final long interval;
  private final Map<String, Long> foundSince = new HashMap<>();
  private long due = Long.MIN_VALUE;

  /**
   * News of a source.
   *
   * @param request what its requests have in common
   * @param interval milliseconds between two looks
   */
  FileNews(CatalogConfig catalog, IngestRequest request, long interval) {
    this.catalog = catalog;
    this.request = request;
    this.interval = interval;
  }

  /** The request of an interval, once per interval, also where there is nothing new. */
  Optional<IngestRequest> at(long tick) {
    if (tick < due) {
      return Optional.empty();
    }
    due = tick + interval;
    return Optional.of(
        request.toBuilder()
            .only(newFiles(tick))
            .batchId(PlanIngests.batchId(request.batchId(), tick))
            .ingestionMicros(tick * 1_000)
            .build());
  }

  /** The files that are new and not on their way. */
  private Set<String> newFiles(long tick) {
    Set<String> uncommitted = new HashSet<>();
    for (SourceFile file : IngestPlan.of(catalog, request).newFiles()) {
      uncommitted.add(file.path());
    }
    foundSince.keySet().retainAll(uncommitted);
    Set<String> taken = new HashSet<>();
    for (String path : uncommitted) {
      Long since = foundSince.get(path);
      if (since == null || tick - since >= FILE_PATIENCE.toMillis()) {
        foundSince.put(path, tick);
        taken.add(path);
      }
    }
    return taken;
  }
}
