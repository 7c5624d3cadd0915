package org.beamlakehouse.pipelines.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.beamlakehouse.io.bronze.IngestPlan;
import org.beamlakehouse.io.bronze.IngestRequest;
import org.beamlakehouse.io.bronze.MissingOffsets;
import org.beamlakehouse.io.bronze.OffsetPlan;
import org.beamlakehouse.io.iceberg.FailureMessage;
import org.beamlakehouse.io.kafka.TopicListing;
import org.beamlakehouse.pipelines.ops.RunContext;
import org.beamlakehouse.pipelines.project.SourceSettings;

/**
 * Looks at sources while no pipeline does: what each has that bronze has not, or why it does not
 * say. Whoever waits for news waits for another answer.
 */
final class SourceWatch implements AutoCloseable {
  private final RunScope scope;
  private final RunContext run;
  private final MissingOffsets missing;
  private final Map<SourceSettings, TopicListing> listings = new HashMap<>();

  SourceWatch(RunScope scope, RunContext run, MissingOffsets missing) {
    this.scope = scope;
    this.run = run;
    this.missing = missing;
  }

  /** What there is, by source; equal where it is the same. */
  Map<String, List<String>> look() {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (SourceSettings source : scope.sources().keySet()) {
      List<String> of;
      try {
        of =
            switch (source.type()) {
              case FILES -> files(Ingests.files(scope, source, run));
              case KAFKA -> offsets(source);
            };
      } catch (RuntimeException e) {
        of = List.of(FailureMessage.of(e));
      }
      found.put(source.name(), of);
    }
    return found;
  }

  private List<String> files(IngestRequest request) {
    IngestPlan plan = IngestPlan.of(scope.catalog(), request);
    TreeSet<String> found = new TreeSet<>();
    plan.newFiles().forEach(file -> found.add(file.toString()));
    plan.changed().forEach(change -> found.add(change.file().toString()));
    return new ArrayList<>(found);
  }

  private List<String> offsets(SourceSettings source) {
    TopicListing listing = listings.computeIfAbsent(source, s -> new TopicListing(s.kafkaSource()));
    OffsetPlan plan =
        OffsetPlan.of(
            scope.catalog(), source.bronzeTable(), source.kafkaSource(), listing::topics, missing);
    return plan.hasNews() ? List.of(plan.toString()) : List.of();
  }

  @Override
  public void close() {
    listings.values().forEach(TopicListing::close);
    listings.clear();
  }
}
