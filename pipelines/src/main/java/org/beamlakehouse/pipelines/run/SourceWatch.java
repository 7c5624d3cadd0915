package org.beamlakehouse.pipelines.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
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
  private final Map<SourceSettings, TopicListing> listings = new ConcurrentHashMap<>();
  private final SideBySide sideBySide;
  private final Map<SourceSettings, Future<List<String>>> questions = new HashMap<>();
  private final Map<String, List<String>> answers = new LinkedHashMap<>();

  SourceWatch(RunScope scope, RunContext run, MissingOffsets missing) {
    this.scope = scope;
    this.run = run;
    this.missing = missing;
    this.sideBySide = new SideBySide(scope.sources().size());
  }

  /**
   * What there is, by source; equal where it is the same. A source that is slow to answer is taken
   * to have what it had.
   *
   * @param patience how long to wait for all answers together
   */
  Map<String, List<String>> look(Duration patience) {
    for (SourceSettings source : scope.sources().keySet()) {
      questions.computeIfAbsent(source, of -> sideBySide.ask(() -> ask(of)));
    }
    long end = System.nanoTime() + patience.toNanos();
    for (SourceSettings source : scope.sources().keySet()) {
      long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
      try {
        answers.put(source.name(), SideBySide.answer(questions.get(source), left));
        questions.remove(source);
      } catch (TimeoutException e) {
        answers.putIfAbsent(source.name(), List.of());
      }
    }
    return Map.copyOf(answers);
  }

  private List<String> ask(SourceSettings source) {
    try {
      return switch (source.type()) {
        case FILES -> files(Ingests.files(scope, source, run));
        case KAFKA -> offsets(source);
      };
    } catch (RuntimeException e) {
      return List.of(FailureMessage.of(e));
    }
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
    sideBySide.close();
    listings.values().forEach(TopicListing::close);
    listings.clear();
  }
}
