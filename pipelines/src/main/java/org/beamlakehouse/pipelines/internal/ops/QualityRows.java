package org.beamlakehouse.pipelines.internal.ops;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.transforms.table.QualityRule;

/** The rows of {@code ops.quality}: how often each rule passed and failed, commit by commit. */
final class QualityRows {
  /** Action of the checks that the parser makes of every record. */
  private static final String QUARANTINE =
      QualityRule.Action.QUARANTINE.name().toLowerCase(Locale.ROOT);

  /** How far the clocks of machines may be apart, in milliseconds. */
  private static final long CLOCKS_APART = 600_000;

  private final Map<String, String> ruleActions;

  QualityRows(Map<String, String> ruleActions) {
    this.ruleActions = new TreeMap<>(ruleActions);
  }

  /**
   * The rows of what is not there yet: whoever wrote them may have died before the next step.
   *
   * @param isRepeated whether what made no snapshot is there
   */
  LogTable.News of(List<RunLogWriter.Entry> entries, LogTable.State known, boolean isRepeated) {
    List<RunLogWriter.Entry> missing = new ArrayList<>();
    for (RunLogWriter.Entry entry : entries) {
      if (entry.table().getCounts().keySet().stream()
          .noneMatch(count -> count.startsWith(CommittedSnapshot.RULE_FAILED))) {
        continue;
      }
      if (entry.isCommit()) {
        Long mark =
            known.recentMark(
                entry.table().getTable(),
                entry.uuid(),
                entry.table().getEndedMillis() - CLOCKS_APART);
        if (mark == null || mark < entry.sequence()) {
          missing.add(entry);
        }
      } else if (!isRepeated) {
        missing.add(entry);
      }
    }
    List<Object[]> rows = new ArrayList<>();
    missing.forEach(entry -> addRows(entry, rows));
    return new LogTable.News(rows, rows.isEmpty() ? Map.of() : RunLogWriter.recorded(missing));
  }

  private void addRows(RunLogWriter.Entry entry, List<Object[]> rows) {
    CommittedSnapshot table = entry.table();
    for (String count : new TreeMap<>(table.getCounts()).keySet()) {
      if (count.startsWith(CommittedSnapshot.RULE_FAILED)) {
        String rule = count.substring(CommittedSnapshot.RULE_FAILED.length());
        long failed = table.count(count);
        // What the parser checks of every record is counted only where it fails.
        boolean ofContract = table.getCounts().containsKey(CommittedSnapshot.RULE_PASSED + rule);
        rows.add(
            new Object[] {
              entry.run().id(),
              table.getTable(),
              rule,
              ofContract ? ruleActions.get(table.getTable() + ":" + rule) : QUARANTINE,
              ofContract
                  ? table.count(CommittedSnapshot.RULE_PASSED + rule)
                  : table.count(CommittedSnapshot.ROWS_READ) - failed,
              failed,
              Instant.ofEpochMilli(table.getEndedMillis()),
              entry.isCommit() ? table.getSnapshotId() : null
            });
      }
    }
  }
}
