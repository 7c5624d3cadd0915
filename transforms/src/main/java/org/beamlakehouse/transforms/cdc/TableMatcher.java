package org.beamlakehouse.transforms.cdc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Finds the tables that a record feeds, by {@code TableDefinition.sourceTable()}. */
final class TableMatcher {
  private static final int MAX_REMEMBERED = 10_000;

  private final List<TablePlan> plans;
  private final Map<Origin, List<TablePlan>> known = new HashMap<>();
  private Origin last = new Origin(null, null, null, null);
  private @Nullable List<TablePlan> lastPlans;

  TableMatcher(List<TablePlan> plans) {
    this.plans = List.copyOf(plans);
  }

  private record Origin(
      @Nullable String database,
      @Nullable String schema,
      @Nullable String table,
      @Nullable String topic) {

    @SuppressWarnings("ReferenceEquality")
    boolean is(ChangeOrigin source, @Nullable String otherTopic) {
      // The strings of a repeated table are the same objects; others take the slow way.
      return table == source.table()
          && schema == source.schema()
          && database == source.database()
          && topic == otherTopic;
    }
  }

  /**
   * The tables of a change that may name its own: by table, {@code schema.table}, {@code db.table},
   * {@code db.schema.table} or topic. One that names none is matched by its topic or the topic's
   * last parts, and without a topic feeds all tables.
   */
  List<TablePlan> ofChange(ChangeOrigin source, @Nullable String topic) {
    List<TablePlan> found = lastPlans;
    if (found == null || !last.is(source, topic)) {
      Origin origin = new Origin(source.database(), source.schema(), source.table(), topic);
      found = known.get(origin);
      if (found == null) {
        found = plans.stream().filter(plan -> claims(plan, origin)).toList();
        if (known.size() >= MAX_REMEMBERED) {
          known.clear();
        }
        known.put(origin, found);
      }
      last = origin;
      lastPlans = found;
    }
    return found;
  }

  /** The tables of a plain record: those named like its topic, or all where it has none. */
  List<TablePlan> ofTopic(@Nullable String topic) {
    if (topic == null) {
      return plans;
    }
    return known.computeIfAbsent(
        new Origin(null, null, null, topic),
        unused -> plans.stream().filter(plan -> plan.table().sourceTable().equals(topic)).toList());
  }

  private static boolean claims(TablePlan plan, Origin origin) {
    String wanted = plan.table().sourceTable();
    String topic = origin.topic;
    String table = origin.table;
    if (wanted.equals(topic)) {
      return true;
    }
    if (table == null) {
      return topic == null || topic.endsWith("." + wanted);
    }
    return wanted.equals(table)
        || wanted.equals(origin.schema + "." + table)
        || wanted.equals(origin.database + "." + table)
        || wanted.equals(origin.database + "." + origin.schema + "." + table);
  }
}
