package org.beamlakehouse.io.internal.iceberg.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a commit says of itself in the summary of its snapshot, under {@link #KEY}: the run, its
 * counts, and how often each rule passed and failed. The log of runs can so be made of the commits
 * alone, whatever died between a commit and the log. One key, however many rules there are.
 *
 * @param run the run
 * @param table what it did to the table; its time is the commit's own
 */
public record CommitReport(RunStamp run, CommittedSnapshot table) {
  /** Key of the snapshot summary. */
  public static final String KEY = "beam-lakehouse.run";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The form in the summary. Of a rule: how often it passed, if it is counted, and failed. */
  private record Written(
      String id,
      String mode,
      String runner,
      String hop,
      long started,
      Map<String, Long> counts,
      Map<String, List<Long>> rules) {}

  /**
   * The value for a snapshot that is about to be committed.
   *
   * @param counts named as {@link CommittedSnapshot} names them
   */
  public static String json(
      RunStamp run, String hop, Map<String, Long> counts, long startedMillis) {
    Map<String, Long> plain = new TreeMap<>();
    Map<String, List<Long>> rules = new TreeMap<>();
    counts.forEach(
        (name, count) -> {
          if (name.startsWith(CommittedSnapshot.RULE_FAILED)) {
            String rule = name.substring(CommittedSnapshot.RULE_FAILED.length());
            Long passed = counts.get(CommittedSnapshot.RULE_PASSED + rule);
            rules.put(rule, passed == null ? List.of(count) : List.of(count, passed));
          } else if (!name.startsWith(CommittedSnapshot.RULE_PASSED)) {
            plain.put(name, count);
          }
        });
    try {
      return JSON.writeValueAsString(
          new Written(run.id(), run.mode(), run.runner(), hop, startedMillis, plain, rules));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write what a commit says of its run", e);
    }
  }

  /**
   * Reads what a snapshot says of itself.
   *
   * @param table dotted name of its table
   * @return null where it says nothing, or belongs to no run
   */
  public static @Nullable CommitReport of(String table, Snapshot snapshot) {
    String json = snapshot.summary().get(KEY);
    if (json == null) {
      return null;
    }
    Written written;
    try {
      written = JSON.readValue(json, Written.class);
    } catch (JsonProcessingException e) {
      // Somebody else's, or of a later version: there is nothing that could be told.
      return null;
    }
    if (written.id().isEmpty()) {
      return null;
    }
    Map<String, Long> counts = new TreeMap<>(written.counts());
    written
        .rules()
        .forEach(
            (rule, of) -> {
              counts.put(CommittedSnapshot.RULE_FAILED + rule, of.get(0));
              if (of.size() > 1) {
                counts.put(CommittedSnapshot.RULE_PASSED + rule, of.get(1));
              }
            });
    // Known only once it is committed, where rows are replaced by files.
    countIfMissing(
        counts, CommittedSnapshot.ROWS_INSERTED, snapshot, SnapshotSummary.ADDED_RECORDS_PROP);
    countIfMissing(
        counts, CommittedSnapshot.ROWS_DELETED, snapshot, SnapshotSummary.DELETED_RECORDS_PROP);
    return new CommitReport(
        new RunStamp(written.id(), written.mode(), written.runner()),
        CommittedSnapshot.of(
            written.hop(),
            table,
            snapshot.snapshotId(),
            CommittedSnapshot.COMMITTED,
            counts,
            null,
            Math.min(written.started(), snapshot.timestampMillis()),
            snapshot.timestampMillis()));
  }

  private static void countIfMissing(
      Map<String, Long> counts, String name, Snapshot snapshot, String property) {
    String value = snapshot.summary().get(property);
    if (value != null) {
      counts.putIfAbsent(name, Long.valueOf(value));
    }
  }
}
