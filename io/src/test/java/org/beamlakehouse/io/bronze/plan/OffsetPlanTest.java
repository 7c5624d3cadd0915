package org.beamlakehouse.io.bronze.plan;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.internal.bronze.offsets.OffsetCommit;
import org.beamlakehouse.io.internal.bronze.offsets.WrittenRanges;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.io.kafka.TopicOffsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans that are made while other runs commit; no Kafka is needed for it. */
class OffsetPlanTest {
  private static final String NAME = "bronze.k";
  private static final Map<String, String> IDS = Map.of("t", "topicId");

  @TempDir Path folder;

  private CatalogConfig catalog;

  /** What the topic tells, question by question, and what happens right after the answer. */
  private final Queue<Supplier<Map<String, TopicOffsets>>> answers = new ArrayDeque<>();

  @BeforeEach
  void create() {
    catalog = LocalCatalog.in(folder);
    BronzeTables.createIfMissing(catalog, NAME);
  }

  /** A run that takes in offsets; none has a record, which makes no difference here. */
  private void takeIn(long from, long to) {
    OffsetRange range = new OffsetRange("t", 0, from, to);
    TopicProgress base = TopicProgress.of(Catalogs.load(catalog, NAME));
    OffsetPlan plan = new OffsetPlan(base, false, IDS, List.of(range), List.of(), 0, List.of());
    RunFacts run = new RunFacts("k", NAME, "run-to-" + to, "1", 0);
    new OffsetCommit(
            Catalogs.load(catalog, NAME),
            NAME,
            List.of(new WrittenRanges(run, plan, List.of(range), List.of(), 0, 0)))
        .commit();
  }

  private void answer(long begin, long end, Runnable meanwhile) {
    answers.add(
        () -> {
          meanwhile.run();
          TopicOffsets.Partition partition = new TopicOffsets.Partition(begin, end, end);
          return Map.of("t", new TopicOffsets("t", "topicId", List.of(partition)));
        });
  }

  private List<OffsetRange> planned() {
    KafkaSource source = new KafkaSource("k", "k:1", List.of("t"), null, Map.of());
    List<OffsetRange> ranges =
        OffsetPlan.of(catalog, NAME, source, () -> answers.remove().get(), MissingOffsets.FAIL)
            .ranges();
    assertThat("questions", answers.size(), is(0));
    return ranges;
  }

  @Test
  void whatAnotherRunTakesInMeanwhileIsNotTakenForCutOff() {
    takeIn(0, 5);
    answer(0, 8, () -> takeIn(5, 12));
    assertThat(planned(), is(List.of(new OffsetRange("t", 0, 5, 8))));
  }

  @Test
  void whatIsDeletedAfterAnotherRunTookItInIsNotMissing() {
    takeIn(0, 5);
    answer(10, 20, () -> takeIn(5, 12));
    answer(10, 20, () -> {});
    assertThat(planned(), is(List.of(new OffsetRange("t", 0, 12, 20))));
  }

  @Test
  void whatNoRunTookInIsMissing() {
    takeIn(0, 5);
    answer(10, 20, () -> takeIn(5, 8));
    answer(10, 20, () -> {});
    assertThat(
        assertThrows(IllegalStateException.class, this::planned).getMessage(),
        containsString("t/0: 2 offsets from 8 on are deleted"));
  }
}
