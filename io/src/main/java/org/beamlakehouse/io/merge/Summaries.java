package org.beamlakehouse.io.merge;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What a merge writes into the summaries of its snapshots, beside the progress. */
final class Summaries {
  /** Prefix of the run's counts. */
  static final String COUNT_PREFIX = "beam-lakehouse.";

  /**
   * Names a commit before it is made, so that one repeated after a failure is recognised as done.
   */
  static final String COMMIT_TOKEN = "beam-lakehouse.commit";

  /**
   * In a target's snapshot: the ledger and its sequence number from which on it counts. A full
   * refresh begins the ledger anew with it, in the same instant as it replaces the rows.
   */
  static final String LEDGER_SINCE = "beam-lakehouse.ledger-since";

  private Summaries() {}

  /** A value of {@link #COMMIT_TOKEN}: the same for the same parts, in whatever order they come. */
  static String token(Collection<String> parts) {
    String text = String.join("\n", new TreeSet<>(parts));
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Sequence number from which on a target's ledger counts; 0 for all of it. */
  static long ledgerSince(Table target, @Nullable Table ledger) {
    if (ledger != null) {
      for (Snapshot snapshot : SnapshotUtil.currentAncestors(target)) {
        String since = snapshot.summary().get(LEDGER_SINCE);
        if (since != null) {
          // A ledger that was dropped and made anew counts from its beginning.
          int at = since.indexOf('@');
          return since.substring(0, at).equals(ledger.uuid().toString())
              ? Long.parseLong(since.substring(at + 1))
              : 0;
        }
      }
    }
    return 0;
  }

  /** The value of {@link #LEDGER_SINCE}. */
  static String ledgerSince(Table ledger, long sequence) {
    return ledger.uuid() + "@" + sequence;
  }

  /** The snapshot, after a base, that was committed under a token; null where there is none. */
  static @Nullable Snapshot committed(Table table, @Nullable Long base, String token) {
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      if (base != null && snapshot.snapshotId() == base) {
        return null;
      }
      if (token.equals(snapshot.summary().get(COMMIT_TOKEN))) {
        return snapshot;
      }
    }
    return null;
  }
}
