package org.beamlakehouse.io.iceberg;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Appends files to a side table together with how far it has taken in an upstream table. Each row
 * is appended once: files whose upstream snapshot was taken in before, by the same append before a
 * crash, by a retry, or by another run at the same time, are left out. Data files are never deleted
 * here.
 */
public final class AppendWithProgress {
  private static final int ATTEMPTS = 10;

  /** Commits among which one that is repeated is looked for. */
  private static final int RECENT_COMMITS = 50;

  private AppendWithProgress() {}

  /** As the other, with nothing said of a run. */
  public static boolean commit(
      Table table, List<SideFile> files, String upstream, Progress.Position upTo) {
    return commit(table, files, upstream, upTo, null);
  }

  /**
   * Commits files and progress in one snapshot.
   *
   * @param upstream dotted name of the upstream table
   * @param upTo position in the upstream table up to which the files hold its rows
   * @param report what the snapshot says of the run, under {@link CommitReport#KEY}; null for
   *     nothing
   * @return false where nothing was committed, because there are no files, or because the table has
   *     taken in all that they hold
   * @throws ValidationException where other runs keep moving the table's progress meanwhile
   */
  public static boolean commit(
      Table table,
      List<SideFile> files,
      String upstream,
      Progress.Position upTo,
      @Nullable String report) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      Progress progress = Progress.of(table);
      long taken = progress.sequence(upstream, upTo);
      boolean isTaken = taken >= upTo.sequence();
      Set<String> committed = isTaken ? recentFiles(table, files) : Set.of();
      List<String> news =
          files.stream()
              .filter(f -> f.upstreamSequence() > (isTaken ? SideFile.LOOKED_UP - 1 : taken))
              .map(SideFile::file)
              .filter(file -> !committed.contains(file))
              .toList();
      if (news.isEmpty()) {
        return false;
      }
      try {
        append(table, news, isTaken ? progress : progress.with(upstream, upTo), report);
        return true;
      } catch (ValidationException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Those of files that were looked up which one of the newest commits has: this one, repeated. */
  private static Set<String> recentFiles(Table table, List<SideFile> files) {
    Map<String, String> locations = new HashMap<>();
    for (SideFile file : files) {
      if (file.upstreamSequence() == SideFile.LOOKED_UP) {
        locations.put(FileJson.dataFile(table, file.file()).location(), file.file());
      }
    }
    Set<String> committed = new HashSet<>();
    int left = locations.isEmpty() ? 0 : RECENT_COMMITS;
    for (Snapshot snapshot : TableHistory.of(table).known()) {
      if (left-- == 0) {
        break;
      }
      for (DataFile added : snapshot.addedDataFiles(table.io())) {
        if (locations.containsKey(added.location())) {
          committed.add(locations.get(added.location()));
        }
      }
    }
    return committed;
  }

  private static void append(
      Table table, List<String> dataFiles, Progress next, @Nullable String report) {
    String base = TableHistory.nearest(TableHistory.of(table).known(), Progress.KEY);
    AppendFiles append = table.newAppend().scanManifestsWith(ManifestThreads.of(table));
    dataFiles.forEach(json -> append.appendFile(FileJson.dataFile(table, json)));
    append.set(Progress.KEY, next.toJson());
    if (report != null) {
      append.set(CommitReport.KEY, report);
    }
    CommitOnce.commit(
        table,
        append,
        new SnapshotAncestryValidator() {
          @Override
          public boolean validate(Iterable<Snapshot> ancestry) {
            return Objects.equals(base, TableHistory.nearest(ancestry, Progress.KEY));
          }

          @Override
          public String errorMessage() {
            return "the progress of the table was moved in the meantime; run again";
          }
        });
  }
}
