package org.beamlakehouse.io.bronze;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.iceberg.CommitOnce;
import org.beamlakehouse.io.iceberg.CommitReport;
import org.beamlakehouse.io.iceberg.CommitSummary;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.FileJson;
import org.beamlakehouse.io.iceberg.ManifestThreads;
import org.beamlakehouse.io.iceberg.RunStamp;

/**
 * Appends what a run wrote for one bronze table, in one snapshot with the set of ingested files.
 *
 * <p>Files that the table has ingested by the time of the commit are left out, so committing again
 * what was committed does nothing. Each attempt is checked against the very set it was computed
 * from; where somebody else ingested files in between, it is computed again. Data files are never
 * deleted here: this commit may be retried with them, and its outcome may be unknown.
 */
final class BronzeCommit {
  static final String HOP = "bronze";

  private static final String FILES_READ = "beam-lakehouse.files-read";
  private static final int ATTEMPTS = 10;
  private static final int MESSAGES = 5;

  private final Table table;
  private final String name;
  private final List<WrittenBatch> batches;
  private final RunStamp run;

  BronzeCommit(Table table, String name, List<WrittenBatch> batches) {
    this(table, name, batches, RunStamp.NONE);
  }

  /**
   * @param name the table's dotted name in the catalog
   * @param batches everything the run wrote for the table; at least one
   * @param run what the commit says of it
   */
  BronzeCommit(Table table, String name, List<WrittenBatch> batches, RunStamp run) {
    this.table = table;
    this.name = name;
    this.run = run;
    this.batches = List.copyOf(batches);
  }

  /** What is left of the batches when those files are left out that were ingested before. */
  private static final class Selection {
    private final List<String> dataFiles = new ArrayList<>();
    private long files;
    private long rows;
    private long skipped;
  }

  /** Commits; gives what the next hop and the person need to know. */
  CommittedSnapshot commit() {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      IngestedFiles ingested = IngestedFiles.of(table);
      Selection selection = select(ingested);
      if (selection.files == 0) {
        return unchanged(selection);
      }
      String location = ingested.write(table);
      try {
        append(ingested, selection, location);
        return result(CommittedSnapshot.COMMITTED, snapshotOf(location), selection);
      } catch (ValidationException e) {
        table.io().deleteFile(location);
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (CommitFailedException e) {
        table.io().deleteFile(location);
        throw e;
      }
    }
  }

  /** Chooses what to commit and adds its files to the set. */
  private Selection select(IngestedFiles ingested) {
    Selection selection = new Selection();
    for (WrittenBatch batch : batches) {
      String source = batch.request().source();
      for (WrittenBatch.Unit unit : batch.units()) {
        List<TakenFile> known =
            unit.files().stream().filter(f -> ingested.contains(source, f.path())).toList();
        if (known.isEmpty()) {
          unit.files().forEach(file -> ingested.add(source, file));
          selection.dataFiles.addAll(unit.dataFiles());
          selection.files += unit.files().size();
          selection.rows += unit.rows();
        } else if (known.size() == unit.files().size()) {
          selection.skipped += known.size();
        } else {
          throw new IllegalStateException(
              "Cannot append to "
                  + name
                  + ": another run has ingested "
                  + known.get(0).path()
                  + (known.size() == 1 ? "" : " and " + (known.size() - 1) + " more files")
                  + " in the meantime; nothing was committed, run again to ingest the rest");
        }
      }
    }
    return selection;
  }

  private void append(IngestedFiles base, Selection selection, String location) {
    IngestRequest request = batches.get(0).request();
    AppendFiles append = table.newAppend().scanManifestsWith(ManifestThreads.of(table));
    selection.dataFiles.forEach(json -> append.appendFile(FileJson.dataFile(table, json)));
    append.set(IngestedFiles.KEY, location);
    append.set(CommitSummary.BATCH_ID, request.batchId());
    append.set(CommitSummary.PIPELINE_VERSION, request.pipelineVersion());
    append.set(FILES_READ, Long.toString(selection.files));
    append.set(CommitReport.KEY, CommitReport.json(run, HOP, counts(selection), started()));
    CommitOnce.commit(
        table,
        append,
        new SnapshotAncestryValidator() {
          @Override
          public boolean validate(Iterable<Snapshot> ancestry) {
            return Objects.equals(IngestedFiles.location(ancestry), base.location());
          }

          @Override
          public String errorMessage() {
            return "other files were ingested in the meantime; run again";
          }
        });
  }

  /** Nothing to commit: there was nothing new, or this very run has committed it before. */
  private CommittedSnapshot unchanged(Selection selection) {
    Snapshot current = table.currentSnapshot();
    if (selection.skipped > 0) {
      String batchId = batches.get(0).request().batchId();
      for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
        if (batchId.equals(snapshot.summary().get(CommitSummary.BATCH_ID))) {
          selection.files = Long.parseLong(snapshot.summary().getOrDefault(FILES_READ, "0"));
          selection.rows = Long.parseLong(snapshot.summary().getOrDefault("added-records", "0"));
          return result(CommittedSnapshot.COMMITTED, snapshot.snapshotId(), selection);
        }
      }
    }
    return result(
        CommittedSnapshot.UNCHANGED, current == null ? null : current.snapshotId(), selection);
  }

  private Long snapshotOf(String location) {
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      if (location.equals(snapshot.summary().get(IngestedFiles.KEY))) {
        return snapshot.snapshotId();
      }
    }
    return table.currentSnapshot().snapshotId();
  }

  private CommittedSnapshot result(String status, Long snapshot, Selection selection) {
    List<String> failures = batches.stream().flatMap(b -> b.failures().stream()).sorted().toList();
    return CommittedSnapshot.of(
        HOP,
        name,
        snapshot,
        failures.isEmpty() ? status : CommittedSnapshot.INCOMPLETE,
        counts(selection),
        failures.isEmpty() ? null : String.join("\n", shorten(failures)),
        started(),
        System.currentTimeMillis());
  }

  private static Map<String, Long> counts(Selection selection) {
    return Map.of(
        CommittedSnapshot.ROWS_READ, selection.rows,
        CommittedSnapshot.ROWS_INSERTED, selection.rows,
        CommittedSnapshot.FILES_READ, selection.files);
  }

  private long started() {
    return batches.stream().mapToLong(WrittenBatch::startedMillis).min().orElseThrow();
  }

  private static List<String> shorten(List<String> messages) {
    if (messages.size() <= MESSAGES) {
      return messages;
    }
    List<String> first = new ArrayList<>(messages.subList(0, MESSAGES));
    first.add("and " + (messages.size() - MESSAGES) + " more files like these");
    return first;
  }
}
