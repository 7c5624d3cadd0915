package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/** The files that the snapshots of a table name: all of them must be there. */
public final class ReferencedFiles {
  private ReferencedFiles() {}

  /** Checks that a file is there for every name, in all snapshots, and that none is named twice. */
  public static void check(String of, Table table) {
    Set<String> missing = new TreeSet<>();
    Set<String> seen = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      addIfMissing(table, snapshot.manifestListLocation(), missing, seen);
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (addIfMissing(table, manifest.path(), missing, seen)) {
          live(table, manifest).forEach(file -> addIfMissing(table, file, missing, seen));
        }
      }
    }
    assertThat("missing files: " + of, missing, empty());
    List<String> current = current(table);
    assertThat("each live file once: " + of, current, hasSize(Set.copyOf(current).size()));
  }

  /** The live data and delete files; of vectors, which share files, each with its data file. */
  static List<String> current(Table table) {
    List<String> files = new ArrayList<>();
    if (table.currentSnapshot() != null) {
      for (ManifestFile manifest : table.currentSnapshot().allManifests(table.io())) {
        files.addAll(live(table, manifest));
      }
    }
    return files;
  }

  /** True where the file is there and was not looked at before. */
  private static boolean addIfMissing(
      Table table, String location, Set<String> missing, Set<String> seen) {
    String file = location.substring(location.indexOf('|') + 1);
    if (!seen.add(file)) {
      return false;
    }
    boolean exists = table.io().newInputFile(file).exists();
    if (!exists) {
      missing.add(file);
    }
    return exists;
  }

  private static List<String> live(Table table, ManifestFile manifest) {
    List<String> files = new ArrayList<>();
    try (CloseableIterable<? extends ContentFile<?>> entries =
        manifest.content() == ManifestContent.DATA
            ? ManifestFiles.read(manifest, table.io(), table.specs())
            : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
      for (ContentFile<?> file : entries) {
        String of =
            file instanceof DeleteFile delete && delete.referencedDataFile() != null
                ? delete.referencedDataFile()
                : "";
        files.add(of + "|" + file.location());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
