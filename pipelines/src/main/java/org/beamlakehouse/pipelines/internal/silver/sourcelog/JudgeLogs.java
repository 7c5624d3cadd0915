package org.beamlakehouse.pipelines.internal.silver.sourcelog;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.transforms.internal.log.LogBeginning;
import org.beamlakehouse.transforms.internal.log.LogJudge;
import org.beamlakehouse.transforms.internal.log.LogMark;
import org.beamlakehouse.transforms.internal.log.LogNumbers;
import org.beamlakehouse.transforms.internal.log.LogPiece;
import org.beamlakehouse.transforms.internal.log.LogTimes;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sets what the pieces of bronze tell of a source's logs beside what each table has taken in, and
 * halts the tables whose order a log that begins anew would turn round. Tables ordered by {@code
 * sequenceBy} are not concerned.
 */
public final class JudgeLogs implements Serializable {
  private static final long serialVersionUID = 1L;

  private final CatalogConfig catalog;
  private final RunContext run;

  public JudgeLogs(CatalogConfig catalog, RunContext run) {
    this.catalog = catalog;
    this.run = run;
  }

  /**
   * What is known of a source's logs before its pieces are read.
   *
   * @param bronze the bronze table's {@code Table.uuid()}
   * @param told where logs begin anew, as operators have told
   * @param tables what each silver table has taken in
   */
  public record Known(UUID bronze, List<LogBeginning> told, Map<String, Taken> tables)
      implements Serializable {}

  /**
   * What a silver table has taken in.
   *
   * @param sequence the bronze table's sequence number up to which it has
   * @param marks what it knows of the logs; null where nothing
   */
  public record Taken(long sequence, @Nullable String marks) implements Serializable {}

  /**
   * What was found.
   *
   * @param notes tells the tables of the source what becomes of them
   * @param noticed where logs begin anew
   * @param hidden what has to be known of rows that snapshots brought, a sentence per log
   */
  public record Judgement(
      List<CommitNote> notes, Collection<LogBeginning> noticed, Collection<String> hidden) {}

  /** Judges what the pieces of a source tell. */
  public Judgement judge(Known known, Iterable<CommitNote> ofSource) {
    List<CommitNote> notes = new ArrayList<>();
    List<LogSightings> sightings = new ArrayList<>();
    for (CommitNote note : ofSource) {
      if (note.logs() != null) {
        sightings.add(LogJson.sightings(note.logs()));
      }
    }
    LogJudge judge = new LogJudge(LogNumbers.of(known.told()));
    // Tables that have taken in the same are judged alike.
    Map<List<Object>, LogJudge.Verdict> verdicts = new HashMap<>();
    Map<String, LogBeginning> noticed = new LinkedHashMap<>();
    Set<String> hidden = new TreeSet<>();
    known
        .tables()
        .forEach(
            (table, taken) -> {
              LogJson.Knowledge before = LogJson.knowledge(taken.marks());
              List<LogMark> marks = before.marks();
              LogJudge.Verdict verdict =
                  verdicts.computeIfAbsent(
                      List.of(taken.sequence(), marks),
                      t -> judge.judge(marks, pieces(sightings, taken.sequence())));
              Set<String> logs = logs(sightings, table, taken.sequence());
              List<LogTimes> times = times(sightings, table, taken.sequence(), before.times());
              List<LogBeginning> begun =
                  verdict.beginnings().stream().filter(b -> logs.contains(b.log())).toList();
              begun.forEach(b -> noticed.put(LogJson.write(b), b));
              logs.stream()
                  .filter(verdict.hidden()::containsKey)
                  .forEach(log -> hidden.add(hidden(log, verdict.hidden().get(log))));
              String halt = halt(table, begun, judge.outdated(marks));
              halt = halt == null ? whyOrderUntold(table, times) : halt;
              LogJson.Knowledge after = new LogJson.Knowledge(verdict.marks(), times);
              String seen = after.hasNothing() ? null : LogJson.write(after);
              if (halt != null || seen != null) {
                notes.add(CommitNote.ofLogs(table, halt, seen));
              }
            });
    return new Judgement(notes, noticed.values(), hidden);
  }

  /** Keeps with bronze what was noticed, for an operator to confirm. */
  public void keep(String bronzeTable, Known known, Judgement judgement) {
    judgement
        .noticed()
        .forEach(begun -> NewLogs.notice(catalog, bronzeTable, known.bronze(), begun, run));
  }

  private static String hidden(String log, Set<String> places) {
    return String.format(
        "A snapshot was read while a transaction of the log %s was open: its changes from %s on"
            + " stand below the snapshot's rows, which stay as they are; an incremental snapshot"
            + " of these tables mends it",
        log, String.join(", ", places));
  }

  private static List<LogPiece> pieces(List<LogSightings> sightings, long after) {
    return sightings.stream()
        .filter(sighting -> sighting.sequence() > after)
        .flatMap(sighting -> sighting.pieces().stream())
        .toList();
  }

  private static Set<String> logs(List<LogSightings> sightings, String table, long after) {
    Set<String> logs = new TreeSet<>();
    for (LogSightings sighting : sightings) {
      if (sighting.sequence() > after) {
        logs.addAll(sighting.tables().getOrDefault(table, Set.of()));
      }
    }
    return logs;
  }

  private static List<LogTimes> times(
      List<LogSightings> sightings, String table, long after, List<LogTimes> known) {
    List<LogTimes> times = new ArrayList<>(known);
    for (LogSightings sighting : sightings) {
      if (sighting.sequence() > after) {
        times.addAll(sighting.times().getOrDefault(table, List.of()));
      }
    }
    return LogTimes.merged(times);
  }

  private static @Nullable String whyOrderUntold(String table, List<LogTimes> times) {
    return times.stream()
        .filter(LogTimes::leavesOrderUntold)
        .findFirst()
        .map(
            untold ->
                String.format(
                    "Cannot publish %s: rows read after changes of the log %s tell a time and no"
                        + " position, so their place among these cannot be told (the last is"
                        + " record %s); name the columns that order its changes in sequenceBy, then"
                        + " rebuild it once with --full-refresh --tables=%s",
                    table, untold.log(), untold.place(), table))
        .orElse(null);
  }

  private static @Nullable String halt(
      String table, List<LogBeginning> begun, List<LogMark> outdated) {
    if (!begun.isEmpty()) {
      LogBeginning first = begun.get(0);
      return String.format(
          "Cannot publish %s: the log of source %s (%s) begins anew at %s: positions fall while the"
              + " source's times rise; if it was failed over, restored or set up anew, run once"
              + " with --newLog=%s",
          table, first.source(), first.log(), first.describe(), first.source());
    }
    if (!outdated.isEmpty()) {
      return String.format(
          "Cannot publish %s: it has taken in changes of the log %s that were told to belong to a"
              + " later one, in the order of the former; rebuild it once with --full-refresh"
              + " --tables=%s",
          table, outdated.get(0).key().log(), table);
    }
    return null;
  }
}
