package org.beamlakehouse.io.internal.bronze.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.datafile.FileTrim;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.report.CommitSummary;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends what a run wrote for one bronze table, in one snapshot, and writes its files down in the
 * table's {@link FilesIndex}.
 *
 * <p>Files that the table has ingested by the time of the commit are left out, so committing again
 * what was committed does nothing, and of two runs that read the same files at once the second adds
 * what the first has not; data files with records of both kinds are written anew. Each attempt is
 * checked against the very set it was computed from; where somebody else ingested files in between,
 * it is computed again. Data files are never deleted here, but for those made anew for an attempt
 * that certainly failed: this commit may be retried with them, and its outcome may be unknown.
 */
public final class FilesCommit {
  private static final String FILES_READ = "beam-lakehouse.files-read";
  private static final int ATTEMPTS = 10;
  private static final int MESSAGES = 5;

  private static final Logger LOG = LoggerFactory.getLogger(FilesCommit.class);

  private final CatalogConfig catalog;
  private final Table table;
  private final String name;
  private final List<WrittenBatch> batches;
  private final RunStamp run;

  public FilesCommit(CatalogConfig catalog, Table table, String name, List<WrittenBatch> batches) {
    this(catalog, table, name, batches, RunStamp.NONE);
  }

  /**
   * @param catalog where the table is
   * @param name the table's dotted name in the catalog
   * @param batches everything the run wrote for the table; at least one
   * @param run what the commit says of it
   */
  public FilesCommit(
      CatalogConfig catalog, Table table, String name, List<WrittenBatch> batches, RunStamp run) {
    this.catalog = catalog;
    this.table = table;
    this.name = name;
    this.run = run;
    this.batches = List.copyOf(batches);
  }

  /** What is left of the batches when those files are left out that were ingested before. */
  private static final class Selection {
    private final List<String> dataFiles = new ArrayList<>();

    /** Those of them that were made for this attempt alone. */
    private final List<String> trimmed = new ArrayList<>();

    private final IndexedCommit taken = new IndexedCommit(0, null);
    private long files;
    private long rows;
    private long skipped;
  }

  /** Commits; gives what the next hop and the person need to know. */
  public CommittedSnapshot commit() {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      IngestedFiles ingested = IngestedFiles.of(catalog, name, table);
      Selection selection = select(ingested);
      if (selection.files == 0) {
        return unchanged(ingested, selection);
      }
      String commit = UUID.randomUUID().toString();
      try {
        Snapshot made = append(ingested, selection, commit);
        index(ingested, selection.taken.at(made.snapshotId(), ingested.newest()));
        return result(CommittedSnapshot.COMMITTED, made.snapshotId(), selection);
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

  /** Chooses what to commit. */
  private Selection select(IngestedFiles ingested) {
    Selection selection = new Selection();
    for (WrittenBatch batch : batches) {
      String source = batch.request().source();
      for (WrittenBatch.Unit unit : batch.units()) {
        Set<String> known = new HashSet<>();
        for (TakenFile file : unit.files()) {
          if (ingested.contains(source, file.path())
              || selection.taken.contains(source, file.path())) {
            known.add(file.path());
          }
        }
        selection.skipped += known.size();
        if (known.size() < unit.files().size()) {
          add(unit, source, known, selection);
        }
      }
    }
    return selection;
  }

  /** Adds what of a unit the table does not have. */
  private void add(WrittenBatch.Unit unit, String source, Set<String> known, Selection selection) {
    for (TakenFile file : unit.files()) {
      if (!known.contains(file.path())) {
        selection.taken.add(source, file.path(), IngestedFiles.Entry.of(file));
        selection.files++;
      }
    }
    if (known.isEmpty()) {
      selection.dataFiles.addAll(unit.dataFiles());
      selection.rows += unit.rows();
      return;
    }
    int path = FileTrim.column(table, BronzeTables.SOURCE_FILE);
    for (String file : unit.dataFiles()) {
      FileTrim.of(
              table,
              FileJson.dataFile(table, file),
              row -> !known.contains(row.get(path, CharSequence.class).toString()))
          .ifPresent(
              trimmed -> {
                selection.dataFiles.add(FileJson.write(table, trimmed));
                selection.trimmed.add(trimmed.location());
                selection.rows += trimmed.recordCount();
              });
    }
  }

  private void discard(Selection selection) {
    selection.trimmed.forEach(table.io()::deleteFile);
  }

  private Snapshot append(IngestedFiles ingested, Selection selection, String commit) {
    IngestRequest request = batches.get(0).request();
    AppendFiles append = table.newAppend().scanManifestsWith(ManifestThreads.of(table));
    selection.dataFiles.forEach(json -> append.appendFile(FileJson.dataFile(table, json)));
    append.set(IngestedFiles.COMMIT, commit);
    append.set(CommitSummary.BATCH_ID, request.batchId());
    append.set(CommitSummary.PIPELINE_VERSION, request.pipelineVersion());
    append.set(FILES_READ, Long.toString(selection.files));
    append.set(
        CommitReport.KEY, CommitReport.json(run, BronzeTables.HOP, counts(selection), started()));
    return CommitOnce.commit(
        table,
        append,
        new SnapshotAncestryValidator() {
          @Override
          public boolean validate(Iterable<Snapshot> ancestry) {
            return Objects.equals(IngestedFiles.recorded(ancestry), ingested.base());
          }

          @Override
          public String errorMessage() {
            return "other files were ingested in the meantime; run again";
          }
        });
  }

  /** Nothing to commit: there was nothing new, or this very run has committed it before. */
  private CommittedSnapshot unchanged(IngestedFiles ingested, Selection selection) {
    Snapshot current = table.currentSnapshot();
    Snapshot own = selection.skipped == 0 ? null : own();
    index(ingested, null);
    if (own != null) {
      selection.files = Long.parseLong(own.summary().getOrDefault(FILES_READ, "0"));
      selection.rows = Long.parseLong(own.summary().getOrDefault("added-records", "0"));
      return result(CommittedSnapshot.COMMITTED, own.snapshotId(), selection);
    }
    return result(
        CommittedSnapshot.UNCHANGED, current == null ? null : current.snapshotId(), selection);
  }

  private @Nullable Snapshot own() {
    return TableHistory.of(table).find(CommitSummary.BATCH_ID, batches.get(0).request().batchId());
  }

  /**
   * Writes down which files were ingested. Where that fails nothing is lost: the rows tell it, and
   * the next commit writes it down.
   */
  private void index(IngestedFiles ingested, @Nullable IndexedCommit committed) {
    List<IndexedCommit> commits = new ArrayList<>(ingested.unwritten());
    if (committed != null) {
      commits.add(committed);
    }
    if (commits.isEmpty()) {
      return;
    }
    // What this run has read is known better than the rows of its commit tell.
    IndexedCommit read = new IndexedCommit(0, null);
    for (WrittenBatch batch : batches) {
      for (WrittenBatch.Unit unit : batch.units()) {
        unit.files()
            .forEach(f -> read.add(batch.request().source(), f.path(), IngestedFiles.Entry.of(f)));
      }
    }
    ingested.unwritten().forEach(commit -> commit.addKnown(read));
    try {
      FilesIndex.append(catalog, name, table.uuid(), batches.get(0).request().batchId(), commits);
    } catch (RuntimeException e) {
      LOG.warn("Cannot write down which files {} has ingested; the next commit will", name, e);
    }
  }

  private CommittedSnapshot result(String status, Long snapshot, Selection selection) {
    List<String> failures = batches.stream().flatMap(b -> b.failures().stream()).sorted().toList();
    return CommittedSnapshot.of(
        BronzeTables.HOP,
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
