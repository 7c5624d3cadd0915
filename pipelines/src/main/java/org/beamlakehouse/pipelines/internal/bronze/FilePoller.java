package org.beamlakehouse.pipelines.internal.bronze;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.bronze.files.ChangedFile;
import org.beamlakehouse.io.internal.bronze.files.IngestPlan;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.pipelines.internal.context.PlannedWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a stream finds in one source of files, interval by interval. */
final class FilePoller {
  /**
   * How long a file that was found and could not be read is left alone, until it is tried again.
   */
  private static final Duration FILE_PATIENCE = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(FilePoller.class);

  private final CatalogConfig catalog;
  private final IngestRequest request;
  private final long interval;
  private final Map<String, Long> foundSince = new HashMap<>();
  private Set<SourceFile> changed = Set.of();
  private List<String> told = List.of();
  private long due = Long.MIN_VALUE;

  /**
   * News of a source.
   *
   * @param request what its requests have in common
   * @param interval milliseconds between two looks
   */
  FilePoller(CatalogConfig catalog, IngestRequest request, long interval) {
    this.catalog = catalog;
    this.request = request;
    this.interval = interval;
  }

  String table() {
    return request.table();
  }

  /** The request of an interval, once per interval, also where there is nothing new. */
  Optional<IngestRequest> at(long tick) {
    if (tick < due) {
      return Optional.empty();
    }
    due = tick + interval;
    return Optional.of(
        request.toBuilder()
            .only(toLookAt(tick))
            .batchId(PlanIngests.batchId(request.batchId(), tick))
            .ingestionMicros(tick * 1_000)
            .build());
  }

  /** The files to look at: those that are new and not on their way, and changed ones once. */
  private Set<String> toLookAt(long tick) {
    IngestPlan plan = IngestPlan.of(catalog, request);
    plan.messages().stream().filter(message -> !told.contains(message)).forEach(LOG::warn);
    told = plan.messages();
    Set<String> taken = new HashSet<>();
    Set<SourceFile> changedNow = new HashSet<>();
    for (ChangedFile change : plan.changed()) {
      changedNow.add(change.file());
      if (!changed.contains(change.file())) {
        taken.add(change.file().path());
      }
    }
    changed = changedNow;
    Set<String> uncommitted = new HashSet<>();
    plan.newFiles().forEach(file -> uncommitted.add(file.path()));
    foundSince.keySet().retainAll(uncommitted);
    for (String path : uncommitted) {
      Long since = foundSince.get(path);
      if (since == null
          || tick - since >= FILE_PATIENCE.toMillis()
          || PlannedWork.hasFailedSince(request.batchId(), request.table(), since)) {
        foundSince.put(path, tick);
        taken.add(path);
      }
    }
    return taken;
  }
}
