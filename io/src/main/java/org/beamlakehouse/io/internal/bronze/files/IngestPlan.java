package org.beamlakehouse.io.internal.bronze.files;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.files.FileListing;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.files.SourceFiles;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.catalog.FileStores;

/**
 * What a request would ingest.
 *
 * @param newFiles files that were not ingested yet, by path
 * @param changed files that were ingested and are not what they were, by path
 * @param messages what a person should know, though nothing is wrong with it
 */
public record IngestPlan(
    List<SourceFile> newFiles, List<ChangedFile> changed, List<String> messages) {
  /** Content of a batch at most: about what one worker holds in memory, and a data file's worth. */
  private static final long MOST_BYTES = 64L << 20;

  /** Content of a batch at least, where there is that much: less is not worth a data file. */
  private static final long LEAST_BYTES = 16L << 20;

  /** Batches that a plan has at least, where they are no smaller than that: so many can work. */
  private static final int WORKERS = 8;

  private static final int BATCH_FILES = 1000;

  /** Roughly how much text a compressed byte stands for. */
  private static final int COMPRESSION = 8;

  /** What opening a file costs, in bytes that could be read instead. */
  private static final long OPEN_COST = 64L << 10;

  public IngestPlan {
    newFiles = List.copyOf(newFiles);
    changed = List.copyOf(changed);
    messages = List.copyOf(messages);
  }

  /**
   * Lists a request's files and leaves out those ingested before. Changes nothing: the table need
   * not exist.
   *
   * @throws IllegalArgumentException where the path cannot name files, see {@link FileListing}
   */
  public static IngestPlan of(CatalogConfig catalog, IngestRequest request) {
    return Catalogs.find(catalog, request.table())
        .map(table -> of(catalog, request, table))
        .orElseGet(() -> of(catalog, request, IngestedFiles.none()));
  }

  public static IngestPlan of(CatalogConfig catalog, IngestRequest request, Table table) {
    return of(catalog, request, IngestedFiles.of(catalog, request.table(), table));
  }

  private static IngestPlan of(CatalogConfig catalog, IngestRequest request, IngestedFiles known) {
    List<SourceFile> newFiles = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    FileChanges changes = new FileChanges(() -> FileStores.open(catalog));
    List<SourceFile> found =
        FileListing.list(request.baseFolder(), request.path(), () -> FileStores.open(catalog));
    for (SourceFile file : found) {
      if (request.only() != null && !request.only().contains(file.path())) {
        continue;
      }
      IngestedFiles.Entry entry = known.get(request.source(), file.path());
      if (entry == null) {
        newFiles.add(file);
      } else {
        changes.compare(entry, file);
      }
    }
    if (found.isEmpty()) {
      messages.add(
          "There is no file that the source "
              + request.source()
              + " could read: none matches "
              + request.path()
              + "; names that start with . or _ or end in .tmp or .crc do not count");
    }
    changes.untold().ifPresent(messages::add);
    return new IngestPlan(newFiles, changes.changed(), messages);
  }

  /** True where there is something to ingest, or something that cannot be. */
  public boolean hasNews() {
    return !newFiles.isEmpty() || !changed.isEmpty();
  }

  /** Stored size of the new files, in bytes. */
  public long bytes() {
    return newFiles.stream().mapToLong(SourceFile::size).sum();
  }

  /** The new files in batches of similar work, in order; a large file is a batch of its own. */
  public List<List<SourceFile>> batches() {
    long all = newFiles.stream().mapToLong(IngestPlan::weight).sum();
    long most = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, all / WORKERS));
    List<List<SourceFile>> batches = new ArrayList<>();
    List<SourceFile> batch = new ArrayList<>();
    long weight = 0;
    for (SourceFile file : newFiles) {
      long next = weight(file);
      if (!batch.isEmpty() && (weight + next > most || batch.size() == BATCH_FILES)) {
        batches.add(batch);
        batch = new ArrayList<>();
        weight = 0;
      }
      batch.add(file);
      weight += next;
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private static long weight(SourceFile file) {
    return OPEN_COST + file.size() * (SourceFiles.compressed(file.path()) ? COMPRESSION : 1);
  }
}
