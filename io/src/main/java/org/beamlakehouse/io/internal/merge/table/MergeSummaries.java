package org.beamlakehouse.io.internal.merge.table;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What a merge writes into the summaries of its snapshots, beside the progress. */
public final class MergeSummaries {
  /** Prefix of the run's counts. */
  public static final String COUNT_PREFIX = "beam-lakehouse.";

  /**
   * The results that a snapshot has taken in, by their ids: in a target those whose changes it
   * holds, in a ledger those whose files it holds. A result that comes once more, alone or with
   * others, is recognised by it.
   */
  public static final String RESULTS = "beam-lakehouse.results";

  /**
   * In a target's snapshot: the ledger and its sequence number from which on it counts. A full
   * refresh begins the ledger anew with it, in the same instant as it replaces the rows.
   */
  public static final String LEDGER_SINCE = "beam-lakehouse.ledger-since";

  /** In a target's snapshot: up to which sequence number of the ledger there was one before it. */
  public static final String LEDGER_SEEN = "beam-lakehouse.ledger-seen";

  private MergeSummaries() {}

  /** A value of {@link #RESULTS}. */
  public static String results(Collection<UUID> ids) {
    return ids.stream().map(MergeSummaries::text).sorted().collect(Collectors.joining(","));
  }

  /** Half of the id is enough to tell the results of a table apart, and summaries pile up. */
  private static String text(UUID id) {
    byte[] half = ByteBuffer.allocate(Long.BYTES).putLong(id.getMostSignificantBits()).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(half);
  }

  /**
   * The snapshots of a table's history that have taken in results, by the ids of these; those that
   * none has are missing.
   */
  public static Map<UUID, Snapshot> takenIn(Table table, Collection<UUID> results) {
    Map<UUID, Snapshot> found = new HashMap<>();
    Map<String, UUID> left = new HashMap<>();
    results.forEach(id -> left.put(text(id), id));
    for (Snapshot snapshot : TableHistory.of(table).known()) {
      if (left.isEmpty()) {
        break;
      }
      String taken = snapshot.summary().get(RESULTS);
      if (taken != null) {
        for (String text : taken.split(",", -1)) {
          UUID id = left.remove(text);
          if (id != null) {
            found.put(id, snapshot);
          }
        }
      }
    }
    return found;
  }

  /** Whether a snapshot has taken in any of some results. */
  public static boolean hasAny(Snapshot snapshot, Collection<UUID> ids) {
    String taken = snapshot.summary().get(RESULTS);
    return taken != null
        && ids.stream()
            .map(MergeSummaries::text)
            .anyMatch(Arrays.asList(taken.split(",", -1))::contains);
  }

  /** Sequence number from which on a target's ledger counts; 0 for all of it. */
  public static long ledgerSince(Table target, @Nullable Table ledger) {
    return ledgerSequence(target, ledger, LEDGER_SINCE);
  }

  /**
   * Whether a ledger has grown since the target got its last snapshot. Its news came from a commit
   * that was not finished: merges may be on their way that have not seen them, and that a new
   * snapshot of the target has to hold up.
   */
  public static boolean isLedgerAhead(Table target, @Nullable Table ledger) {
    if (ledger == null) {
      return false;
    }
    long seen = ledgerSequence(target, ledger, LEDGER_SEEN);
    TableHistory history = TableHistory.of(ledger);
    for (Snapshot snapshot : history.known()) {
      if (snapshot.sequenceNumber() <= seen) {
        return false;
      }
      if (snapshot.summary().containsKey(RESULTS)) {
        return true;
      }
    }
    // What has expired may have been such a one.
    return !history.isComplete();
  }

  private static long ledgerSequence(Table target, @Nullable Table ledger, String key) {
    if (ledger != null) {
      String value = TableHistory.of(target).nearest(snapshot -> snapshot.summary().get(key));
      if (value != null) {
        // A ledger that was dropped and made anew counts from its beginning.
        int at = value.indexOf('@');
        return value.substring(0, at).equals(ledger.uuid().toString())
            ? Long.parseLong(value.substring(at + 1))
            : 0;
      }
    }
    return 0;
  }

  /** The value of {@link #LEDGER_SINCE} and {@link #LEDGER_SEEN}. */
  public static String ledgerSequence(Table ledger, long sequence) {
    return ledger.uuid() + "@" + sequence;
  }
}
