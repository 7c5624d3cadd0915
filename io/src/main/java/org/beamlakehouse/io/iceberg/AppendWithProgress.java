package org.beamlakehouse.io.iceberg;

import java.util.List;
import java.util.Objects;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * Appends files to a side table together with how far it has taken in an upstream table. Each row
 * is appended once: files whose upstream snapshot was taken in before, by the same append before a
 * crash, by a retry, or by another run at the same time, are left out. Data files are never deleted
 * here.
 */
public final class AppendWithProgress {
  private static final int ATTEMPTS = 10;

  private AppendWithProgress() {}

  /**
   * Commits files and progress in one snapshot.
   *
   * @param upstream dotted name of the upstream table
   * @param upTo position in the upstream table up to which the files hold its rows
   * @return false where nothing was committed, because there are no files, or because the table has
   *     taken in all that they hold
   * @throws ValidationException where other runs keep moving the table's progress meanwhile
   */
  public static boolean commit(
      Table table, List<SideFile> files, String upstream, Progress.Position upTo) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      Progress progress = Progress.of(table);
      long taken = progress.sequence(upstream, upTo);
      List<String> news =
          files.stream().filter(f -> f.upstreamSequence() > taken).map(SideFile::file).toList();
      if (news.isEmpty() || taken >= upTo.sequence()) {
        return false;
      }
      try {
        append(table, news, progress.with(upstream, upTo)).commit();
        return true;
      } catch (ValidationException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static AppendFiles append(Table table, List<String> dataFiles, Progress next) {
    String base = TableHistory.nearest(TableHistory.of(table).known(), Progress.KEY);
    AppendFiles append = table.newAppend().scanManifestsWith(ManifestThreads.of(table));
    dataFiles.forEach(json -> append.appendFile(FileJson.dataFile(table, json)));
    append.set(Progress.KEY, next.toJson());
    append.validateWith(
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
    return append;
  }
}
