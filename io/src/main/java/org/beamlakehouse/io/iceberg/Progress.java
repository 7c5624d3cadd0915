package org.beamlakehouse.io.iceberg;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How far a table has taken in its upstream tables. It is the only state a hop has and lies in the
 * table itself: in the summary of the snapshot that the same commit made, so that rows and progress
 * are never apart.
 *
 * <p>Where new upstream rows changed nothing there is no snapshot to carry the progress. It is then
 * kept in a table property that names the snapshot it continues; after a rollback to another
 * snapshot, or any commit that brings progress of its own, the property no longer counts.
 */
public final class Progress {
  /** Key of the snapshot summary and of the table property. */
  public static final String KEY = "beam-lakehouse.progress";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How far an upstream table was taken in.
   *
   * @param snapshot a snapshot of it
   * @param sequence the snapshot's sequence number
   * @param sourceTable which of the records were taken in: those that this {@code sourceTable}
   *     means; null where all were, or nobody recorded it
   * @param table id of the table, by which one that was dropped and made anew is noticed; null
   *     where it is not known, as in what earlier versions wrote
   * @param logs what is known of the logs whose changes were taken in, to notice where one begins
   *     anew; null where nothing is
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Position(
      long snapshot,
      long sequence,
      @Nullable String sourceTable,
      @Nullable String table,
      @Nullable String logs)
      implements Serializable {

    /** A position up to which everything was taken in, in a table whose id is not known. */
    public Position(long snapshot, long sequence) {
      this(snapshot, sequence, null, null, null);
    }

    /** A position at which nothing is known of logs. */
    public Position(
        long snapshot, long sequence, @Nullable String sourceTable, @Nullable String table) {
      this(snapshot, sequence, sourceTable, table, null);
    }

    /** The position of a snapshot of a table; null stands for a table without one. */
    public static Position of(Table table, @Nullable Snapshot snapshot) {
      String id = String.valueOf(table.uuid());
      return snapshot == null
          ? new Position(-1, 0, null, id, null)
          : new Position(snapshot.snapshotId(), snapshot.sequenceNumber(), null, id, null);
    }

    /** The same for some of the records only. */
    public Position of(@Nullable String wanted) {
      return new Position(snapshot, sequence, wanted, table, logs);
    }

    /** The same with other knowledge of logs. */
    public Position withLogs(@Nullable String other) {
      return new Position(snapshot, sequence, sourceTable, table, other);
    }

    /** False where it is known that others of the records were taken in than are wanted now. */
    public boolean mayBeOf(@Nullable String wanted) {
      return sourceTable == null || wanted == null || sourceTable.equals(wanted);
    }

    /** False where it is known that the other one is of another table, be its name the same. */
    public boolean mayBeIn(Position other) {
      return table == null || other.table == null || table.equals(other.table);
    }
  }

  private record Continued(long of, Map<String, Position> upstream) {}

  private final Map<String, Position> upstream;

  private Progress(Map<String, Position> upstream) {
    this.upstream = Map.copyOf(upstream);
  }

  /** No progress at all. */
  public static Progress none() {
    return new Progress(Map.of());
  }

  /** The progress that a table records for its current snapshot. */
  public static Progress of(Table table) {
    Continued continued = continued(table);
    if (table.currentSnapshot() == null) {
      return continued != null && continued.of() == -1
          ? new Progress(continued.upstream())
          : none();
    }
    Progress progress =
        TableHistory.of(table)
            .nearest(
                snapshot -> {
                  if (continued != null && continued.of() == snapshot.snapshotId()) {
                    return new Progress(continued.upstream());
                  }
                  String summary = snapshot.summary().get(KEY);
                  return summary == null ? null : parse(summary);
                });
    return progress == null ? none() : progress;
  }

  /** Position in an upstream table, or null where nothing of it was taken in. */
  public Position position(String upstreamTable) {
    return upstream.get(upstreamTable);
  }

  /** Sequence number up to which an upstream table was taken in; 0 where nothing was. */
  public long sequence(String upstreamTable) {
    Position position = upstream.get(upstreamTable);
    return position == null ? 0 : position.sequence();
  }

  /**
   * The same, but 0 where other records were taken in than the {@code sourceTable} of a position
   * means, or where it is in another table of that name.
   *
   * @param now a position in the upstream table as it is now
   */
  public long sequence(String upstreamTable, Position now) {
    Position position = upstream.get(upstreamTable);
    return position == null || !position.mayBeOf(now.sourceTable()) || !position.mayBeIn(now)
        ? 0
        : position.sequence();
  }

  /** Whether all up to a position of an upstream table was taken in. */
  public boolean covers(String upstreamTable, Position upTo) {
    return sequence(upstreamTable, upTo) >= upTo.sequence();
  }

  /** Names of the tables of which something was taken in. */
  public Set<String> upstreamTables() {
    return upstream.keySet();
  }

  /** This progress with one upstream table further on. */
  public Progress with(String upstreamTable, Position position) {
    Map<String, Position> next = new TreeMap<>(upstream);
    next.put(upstreamTable, position);
    return new Progress(next);
  }

  /** The form kept in a snapshot summary under {@link #KEY}. */
  public String toJson() {
    return write(new TreeMap<>(upstream));
  }

  /** Progress from {@link #toJson()}. */
  public static Progress parse(String json) {
    try {
      return new Progress(JSON.readValue(json, new TypeReference<Map<String, Position>>() {}));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read the progress of a snapshot: " + json, e);
    }
  }

  /** Records progress for which there is no new snapshot, because no row changed. */
  public void continueCurrentSnapshot(Table table) {
    Snapshot current = table.currentSnapshot();
    table
        .updateProperties()
        .set(KEY, write(new Continued(current == null ? -1 : current.snapshotId(), upstream)))
        .commit();
  }

  private static Continued continued(Table table) {
    String json = table.properties().get(KEY);
    if (json == null) {
      return null;
    }
    try {
      return JSON.readValue(json, Continued.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read the table property " + KEY + ": " + json, e);
    }
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write progress", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Progress that && upstream.equals(that.upstream);
  }

  @Override
  public int hashCode() {
    return upstream.hashCode();
  }

  @Override
  public String toString() {
    return toJson();
  }
}
