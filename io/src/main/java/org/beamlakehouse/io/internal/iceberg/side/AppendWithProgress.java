package org.beamlakehouse.io.internal.iceberg.side;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.datafile.FileTrim;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Appends files to a side table together with how far it has taken in an upstream table. Each row
 * is appended once: files whose upstream snapshot was taken in before, by the same append before a
 * crash, by a retry, or by another run at the same time, are left out; so are rows that were looked
 * up and which another run has recorded since. Data files are never deleted here, but for those
 * made anew for an attempt that certainly failed.
 */
public final class AppendWithProgress {
  private static final int ATTEMPTS = 10;

  private AppendWithProgress() {}

  /**
   * As the other, with nothing said of a run.
   *
   * @return false where nothing was committed
   */
  public static boolean commit(
      Table table, List<SideFile> files, String upstream, Progress.Position upTo) {
    return commit(table, files, upstream, upTo, taken -> null) != null;
  }

  /**
   * Commits files and progress in one snapshot.
   *
   * @param upstream dotted name of the upstream table
   * @param upTo position in the upstream table up to which the files hold its rows
   * @param report what the snapshot says of the run, under {@link CommitReport#KEY}, by the
   *     sequence number of the upstream up to which the table has taken it in before; null for
   *     nothing
   * @return the snapshot; null where nothing was committed, because there are no files, or because
   *     the table has taken in all that they hold
   * @throws ValidationException where other runs keep moving the table's progress meanwhile
   */
  public static @Nullable Snapshot commit(
      Table table,
      List<SideFile> files,
      String upstream,
      Progress.Position upTo,
      LongFunction<@Nullable String> report) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      Progress progress = Progress.of(table);
      long taken = progress.sequence(upstream, upTo);
      boolean isTaken = taken >= upTo.sequence();
      List<String> news = new ArrayList<>();
      List<SideFile> lookedUp = new ArrayList<>();
      for (SideFile file : files) {
        if (file.upstreamSequence() == SideFile.LOOKED_UP) {
          lookedUp.add(file);
        } else if (!isTaken && file.upstreamSequence() > taken) {
          news.add(file.file());
        }
      }
      List<String> trimmed = new ArrayList<>();
      addUnrecorded(table, lookedUp, news, trimmed);
      if (news.isEmpty()) {
        return null;
      }
      try {
        return append(
            table,
            news,
            isTaken ? progress : progress.with(upstream, upTo),
            report.apply(taken),
            !lookedUp.isEmpty());
      } catch (ValidationException e) {
        trimmed.forEach(table.io()::deleteFile);
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Adds the rows of files that were looked up which nobody has recorded since. */
  private static void addUnrecorded(
      Table table, List<SideFile> lookedUp, List<String> news, List<String> made) {
    if (lookedUp.isEmpty()) {
      return;
    }
    Predicate<StructLike> isNew = RecordedPositions.of(table).without(table);
    for (SideFile file : lookedUp) {
      DataFile written = FileJson.dataFile(table, file.file());
      if (FileTrim.isAll(table, written, isNew)) {
        news.add(file.file());
      } else {
        FileTrim.of(table, written, isNew)
            .ifPresent(
                trimmed -> {
                  news.add(FileJson.write(table, trimmed));
                  made.add(trimmed.location());
                });
      }
    }
  }

  private static Snapshot append(
      Table table,
      List<String> dataFiles,
      Progress next,
      @Nullable String report,
      boolean isForThisState) {
    String base = TableHistory.nearest(TableHistory.of(table).known(), Progress.KEY);
    Snapshot current = table.currentSnapshot();
    AppendFiles append = table.newAppend().scanManifestsWith(ManifestThreads.of(table));
    dataFiles.forEach(json -> append.appendFile(FileJson.dataFile(table, json)));
    append.set(Progress.KEY, next.toJson());
    if (report != null) {
      append.set(CommitReport.KEY, report);
    }
    return CommitOnce.commit(
        table,
        append,
        new SnapshotAncestryValidator() {
          @Override
          public boolean validate(Iterable<Snapshot> ancestry) {
            // Of what was looked up any commit may have brought some.
            return isForThisState
                ? isNewest(current, ancestry)
                : Objects.equals(base, TableHistory.nearest(ancestry, Progress.KEY));
          }

          @Override
          public String errorMessage() {
            return "the progress of the table was moved in the meantime; run again";
          }
        });
  }

  private static boolean isNewest(@Nullable Snapshot snapshot, Iterable<Snapshot> newestFirst) {
    for (Snapshot newest : newestFirst) {
      return snapshot != null && newest.snapshotId() == snapshot.snapshotId();
    }
    return snapshot == null;
  }
}
