package org.beamlakehouse.pipelines.internal.bronze;

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
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.internal.bronze.files.IngestPlan;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.internal.kafka.TopicListing;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.RunScope;

/**
 * Looks at sources while no pipeline does: what each has that bronze has not, or why it does not
 * say. Whoever waits for news waits for another answer.
 */
public final class SourceWatch implements AutoCloseable {
  private final RunScope scope;
  private final RunContext run;
  private final MissingOffsets missing;
  private final Map<SourceSettings, TopicListing> listings = new ConcurrentHashMap<>();
  private final SourceQuestions sideBySide;
  private final Map<SourceSettings, Future<List<String>>> questions = new HashMap<>();
  private final Map<String, List<String>> answers = new LinkedHashMap<>();

  public SourceWatch(RunScope scope, RunContext run, MissingOffsets missing) {
    this.scope = scope;
    this.run = run;
    this.missing = missing;
    this.sideBySide = new SourceQuestions(scope.sources().size());
  }

  /**
   * What there is, by source; equal where it is the same. A source that is slow to answer is taken
   * to have what it had.
   *
   * @param patience how long to wait for all answers together
   */
  public Map<String, List<String>> look(Duration patience) {
    for (SourceSettings source : scope.sources().keySet()) {
      questions.computeIfAbsent(source, of -> sideBySide.ask(() -> ask(of)));
    }
    long end = System.nanoTime() + patience.toNanos();
    for (SourceSettings source : scope.sources().keySet()) {
      long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
      try {
        answers.put(source.name(), SourceQuestions.answer(questions.get(source), left));
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
