package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.beamlakehouse.transforms.internal.cdc.source.ChangeMetadata;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the tables that a record feeds, by {@code TableDefinition.sourceTable()}, and remembers of
 * a batch what fed which.
 */
public final class TableMatcher {
  private static final int MAX_REMEMBERED = 10_000;

  private final List<TablePlan> plans;
  private final Map<TableOrigin, Match> known = new HashMap<>();
  private final Map<String, Set<TableOrigin>> feeds = new LinkedHashMap<>();
  private final Map<TableOrigin, Long> unclaimed = new LinkedHashMap<>();
  private TableOrigin lastOrigin = new TableOrigin(null, null, null, null);
  private @Nullable Match last;

  public TableMatcher(List<TablePlan> plans) {
    this.plans = List.copyOf(plans);
  }

  /** What an origin feeds, and how many records of the batch were of it. */
  private static final class Match {
    private final TableOrigin origin;
    private final List<TablePlan> plans;
    private long records;

    Match(TableOrigin origin, List<TablePlan> plans) {
      this.origin = origin;
      this.plans = plans;
    }
  }

  /**
   * The tables of a change that may name its own.
   *
   * @see TableOrigin#isMeantBy
   */
  public List<TablePlan> ofChange(ChangeMetadata source, @Nullable String topic) {
    if (!isLast(source, topic)) {
      lastOrigin = new TableOrigin(source.database(), source.schema(), source.table(), topic);
      last = known.get(lastOrigin);
      if (last == null) {
        TableOrigin origin = lastOrigin;
        remember(
            new Match(
                origin,
                plans.stream()
                    .filter(plan -> origin.isMeantBy(plan.table().sourceTable()))
                    .toList()));
      }
    }
    last.records++;
    return last.plans;
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isLast(ChangeMetadata source, @Nullable String topic) {
    // The strings of a repeated table are the same objects; others take the slow way.
    return last != null
        && lastOrigin.table() == source.table()
        && lastOrigin.schema() == source.schema()
        && lastOrigin.database() == source.database()
        && lastOrigin.topic() == topic;
  }

  /** The tables of a plain record: those named like its topic, or all where it has none. */
  public List<TablePlan> ofTopic(@Nullable String topic) {
    if (topic == null) {
      return plans;
    }
    if (last == null || !topic.equals(lastOrigin.topic())) {
      lastOrigin = new TableOrigin(null, null, null, topic);
      last = known.get(lastOrigin);
      if (last == null) {
        remember(
            new Match(
                lastOrigin,
                plans.stream().filter(plan -> plan.table().sourceTable().equals(topic)).toList()));
      }
    }
    last.records++;
    return last.plans;
  }

  /**
   * The tables that a record of a topic is for which names none and holds no row: those of plain
   * records, and those of changes. It says nothing of what feeds them.
   */
  public List<TablePlan> ofTombstone(@Nullable String topic) {
    TableOrigin origin = new TableOrigin(null, null, null, topic);
    return plans.stream().filter(plan -> origin.isMeantBy(plan.table().sourceTable())).toList();
  }

  /** Whether records of a topic have fed tables in this batch, by the names that they tell. */
  public boolean feedsByName(@Nullable String topic) {
    for (Match match : known.values()) {
      if (match.records > 0
          && match.origin.table() != null
          && !match.plans.isEmpty()
          && Objects.equals(match.origin.topic(), topic)) {
        return true;
      }
    }
    return false;
  }

  private void remember(Match match) {
    if (known.size() >= MAX_REMEMBERED) {
      known.values().forEach(this::count);
      known.clear();
    }
    known.put(match.origin, match);
    last = match;
  }

  /** Forgets what fed which. */
  public void beginBatch() {
    known.values().forEach(match -> match.records = 0);
    feeds.clear();
    unclaimed.clear();
  }

  /** Moves a match's records to the batch's sums. */
  private void count(Match match) {
    if (match.records == 0) {
      return;
    }
    for (TablePlan plan : match.plans) {
      feeds
          .computeIfAbsent(plan.table().name(), unused -> new LinkedHashSet<>())
          .add(feed(plan.table(), match.origin));
    }
    if (match.plans.isEmpty() && !TableOrigin.isSignal(match.origin.table())) {
      unclaimed.merge(match.origin.essence(), match.records, Long::sum);
    }
    match.records = 0;
  }

  /**
   * What is taken for one feed: a whole topic where the contract names it, or where nothing but the
   * topic is what it means, as where a router brings the parts of a table together.
   */
  private static TableOrigin feed(TableDefinition table, TableOrigin origin) {
    if (!table.sourceTable().equals(origin.topic())) {
      return origin.essence();
    }
    return table.namesSourceTable() || !origin.essence().isMeantBy(table.sourceTable())
        ? origin.asTopic()
        : origin;
  }

  /** What fed each table in this batch. */
  public Map<String, Set<TableOrigin>> feeds() {
    known.values().forEach(this::count);
    return feeds;
  }

  /** How many records of this batch were of tables that nobody wants. */
  public Map<TableOrigin, Long> unclaimed() {
    known.values().forEach(this::count);
    return unclaimed;
  }
}
