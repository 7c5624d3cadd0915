package org.beamlakehouse.io.internal.bronze.files;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The files that one commit of a bronze table has ingested, or all up to it.
 *
 * @param snapshot the commit's snapshot
 * @param after snapshot of the ingesting commit before it; null where there was none, or where this
 *     one stands for those before it as well
 * @param files by source and path
 */
record IndexedCommit(
    long snapshot, @Nullable Long after, Map<String, Map<String, IngestedFiles.Entry>> files) {
  IndexedCommit(long snapshot, @Nullable Long after) {
    this(snapshot, after, new ConcurrentHashMap<>());
  }

  /** Adds a file, or what is told of it where only its name was known. */
  void add(String source, String path, IngestedFiles.Entry entry) {
    files
        .computeIfAbsent(source, s -> new ConcurrentHashMap<>())
        .merge(path, entry, (old, now) -> old.size() == IngestedFiles.UNKNOWN ? now : old);
  }

  /** Adds what another commit knows of the same files. */
  void addKnown(IndexedCommit other) {
    files.forEach(
        (source, known) -> {
          Map<String, IngestedFiles.Entry> others = other.files().getOrDefault(source, Map.of());
          known.replaceAll((path, entry) -> others.getOrDefault(path, entry));
        });
  }

  boolean contains(String source, String path) {
    return files.getOrDefault(source, Map.of()).containsKey(path);
  }

  /** The same files as those of a commit. */
  IndexedCommit at(long commit, @Nullable Long before) {
    return new IndexedCommit(commit, before, files);
  }
}
