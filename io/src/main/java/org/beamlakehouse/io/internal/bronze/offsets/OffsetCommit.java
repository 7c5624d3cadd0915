package org.beamlakehouse.io.internal.bronze.offsets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.datafile.FileTrim;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.report.CommitSummary;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.kafka.OffsetRange;

/**
 * Appends what a run has read of topics to their bronze table, in one snapshot with the progress.
 *
 * <p>Rows whose offsets the table has by the time of the commit are left out, see {@link
 * OffsetTrim}: whole data files where all their rows are there, else the file is written anew
 * without them. Each attempt is checked against the very progress it was computed from; where
 * somebody else moved it in between, it is computed again. Progress without a row, past aborted
 * transactions for example, makes a snapshot without a file.
 */
public final class OffsetCommit {
  private static final String OFFSETS_LOST = "beam-lakehouse.offsets-lost";
  private static final int ATTEMPTS = 10;

  private final Table table;
  private final String name;
  private final List<WrittenRanges> written;
  private final OffsetPlan plan;
  private final RunFacts run;
  private final RunStamp stamp;

  public OffsetCommit(Table table, String name, List<WrittenRanges> written) {
    this(table, name, written, RunStamp.NONE);
  }

  /**
   * @param name the table's dotted name in the catalog
   * @param written everything the run wrote for the table; one of it carries the plan
   * @param stamp what the commit says of the run
   */
  public OffsetCommit(Table table, String name, List<WrittenRanges> written, RunStamp stamp) {
    this.stamp = stamp;
    this.table = table;
    this.name = name;
    this.written = List.copyOf(written);
    this.plan =
        written.stream()
            .map(WrittenRanges::plan)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("Cannot commit without the plan"));
    this.run = written.get(0).run();
  }

  /** Data files to append. */
  private static final class Selection {
    private final List<String> dataFiles = new ArrayList<>();

    /** Those of them that were made for this attempt alone. */
    private final List<String> trimmed = new ArrayList<>();

    private long rows;
  }

  /** Commits; gives what the next hop and the person need to know. */
  public CommittedSnapshot commit() {
    List<OffsetRange> ranges = written.stream().flatMap(one -> one.ranges().stream()).toList();
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      String base = TopicProgress.recorded(TableHistory.of(table).known());
      TopicProgress recorded = TopicProgress.of(table);
      OffsetTrim trim = new OffsetTrim(name, plan, ranges, recorded);
      if (trim.next().equals(recorded)) {
        return unchanged();
      }
      Selection selection = select(trim);
      try {
        append(base, begunAnew(trim), selection);
        return committed(selection.rows);
      } catch (ValidationException e) {
        discard(selection);
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (CommitFailedException e) {
        discard(selection);
        throw e;
      }
    }
  }

  /**
   * The progress with what begins again from the ingestion time of this run on. Bronze tells by
   * that time which records came before, so it has to be a later one than theirs.
   */
  private TopicProgress begunAnew(OffsetTrim trim) {
    TopicProgress next = trim.next();
    for (String topic : trim.anew()) {
      Snapshot before =
          TableHistory.of(table)
              .nearest(s -> s.summary().containsKey(TopicProgress.KEY) ? s : null);
      if (before != null && run.ingestionMicros() <= before.timestampMillis() * 1_000) {
        throw new IllegalStateException(
            String.format(
                "Cannot append to %s: offsets of %s begin again, and the run before had not ended"
                    + " when this one began, or their clocks differ, so that their records could"
                    + " not be told apart; nothing was committed, run again",
                name, topic));
      }
      next = next.with(topic, next.topic(topic).beginningAnew(run.ingestionMicros()));
    }
    return next;
  }

  private Selection select(OffsetTrim trim) {
    Selection selection = new Selection();
    for (WrittenRanges one : written) {
      if (one.ranges().stream().allMatch(trim::isNew)) {
        selection.dataFiles.addAll(one.dataFiles());
        selection.rows += one.rows();
      } else if (!one.ranges().stream().allMatch(trim::isOld)) {
        for (String file : one.dataFiles()) {
          FileTrim.of(table, FileJson.dataFile(table, file), newIn(trim))
              .ifPresent(
                  trimmed -> {
                    String json = FileJson.write(table, trimmed);
                    selection.dataFiles.add(json);
                    selection.trimmed.add(trimmed.location());
                    selection.rows += trimmed.recordCount();
                  });
        }
      }
    }
    return selection;
  }

  private Predicate<StructLike> newIn(OffsetTrim trim) {
    int topic = FileTrim.column(table, BronzeTables.SOURCE_TOPIC);
    int partition = FileTrim.column(table, BronzeTables.SOURCE_PARTITION);
    int offset = FileTrim.column(table, BronzeTables.SOURCE_OFFSET);
    return row ->
        trim.isNew(
            row.get(topic, CharSequence.class).toString(),
            row.get(partition, Integer.class),
            row.get(offset, Long.class));
  }

  private void discard(Selection selection) {
    selection.trimmed.forEach(table.io()::deleteFile);
  }

  private void append(String base, TopicProgress next, Selection selection) {
    AppendFiles append = table.newAppend().scanManifestsWith(ManifestThreads.of(table));
    selection.dataFiles.forEach(json -> append.appendFile(FileJson.dataFile(table, json)));
    append.set(TopicProgress.KEY, next.toJson());
    append.set(CommitSummary.BATCH_ID, run.batchId());
    append.set(CommitSummary.PIPELINE_VERSION, run.pipelineVersion());
    append.set(
        CommitReport.KEY,
        CommitReport.json(stamp, BronzeTables.HOP, counts(selection.rows), started()));
    if (plan.lost() > 0) {
      append.set(OFFSETS_LOST, Long.toString(plan.lost()));
    }
    CommitOnce.commit(
        table,
        append,
        new SnapshotAncestryValidator() {
          @Override
          public boolean validate(Iterable<Snapshot> ancestry) {
            return Objects.equals(TopicProgress.recorded(ancestry), base);
          }

          @Override
          public String errorMessage() {
            return "other offsets were ingested in the meantime; run again";
          }
        });
  }

  /** Nothing to commit: there was nothing new, or this very run has committed it before. */
  private CommittedSnapshot unchanged() {
    Snapshot own = own();
    if (own != null) {
      return committed(Long.parseLong(own.summary().getOrDefault("added-records", "0")));
    }
    Snapshot current = table.currentSnapshot();
    return result(CommittedSnapshot.UNCHANGED, current == null ? null : current.snapshotId(), 0);
  }

  private CommittedSnapshot committed(long rows) {
    Snapshot own = own();
    return result(
        CommittedSnapshot.COMMITTED,
        own == null ? table.currentSnapshot().snapshotId() : own.snapshotId(),
        rows);
  }

  /** The snapshot that this run has made; null where it made none. */
  private Snapshot own() {
    return TableHistory.of(table).find(CommitSummary.BATCH_ID, run.batchId());
  }

  private CommittedSnapshot result(String status, Long snapshot, long rows) {
    return CommittedSnapshot.of(
        BronzeTables.HOP,
        name,
        snapshot,
        status,
        counts(rows),
        plan.messages().isEmpty() ? null : String.join("\n", plan.messages()),
        started(),
        System.currentTimeMillis());
  }

  private static Map<String, Long> counts(long rows) {
    return Map.of(CommittedSnapshot.ROWS_READ, rows, CommittedSnapshot.ROWS_INSERTED, rows);
  }

  private long started() {
    return written.stream().mapToLong(WrittenRanges::startedMillis).min().orElseThrow();
  }
}
