package org.beamlakehouse.transforms.internal.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds out from what was seen of a source's logs whether one begins anew.
 *
 * <p>Within a partition the order of records is that of the log, and nothing is tolerated. What
 * came by other ways (files, other partitions, earlier runs) is set in the order of the source's
 * times, whatever the order of arrival: what is seen depends on the records only. There a record
 * has to be a second later than all before it, and of binlogs received together only the file
 * counts, because of statements that take long.
 */
public final class LogJudge {
  private static final long TOLERATED_MILLIS = 1_000;
  private static final long CLOCKS_DIFFER_MILLIS = 600_000;

  static final Comparator<LogPoint> BY_TIME =
      Comparator.comparing(LogPoint::millis)
          .thenComparing(LogPoint::where)
          .thenComparing(LogPoint::at);
  private static final Comparator<LogPoint> BY_PLACE =
      Comparator.comparing(LogPoint::where).thenComparing(LogPoint::at);

  private final LogNumbers numbers;

  /**
   * A judge.
   *
   * @param numbers what operators have told of the source's logs
   */
  public LogJudge(LogNumbers numbers) {
    this.numbers = numbers;
  }

  /**
   * What was found.
   *
   * @param marks what is known of the logs once the pieces are taken in; of those that begin anew
   *     what was known before
   * @param beginnings where logs begin anew, one per log
   * @param hidden places of changes that come before rows of a snapshot which does not have them,
   *     by log
   */
  public record Verdict(
      List<LogMark> marks, List<LogBeginning> beginnings, Map<String, Set<String>> hidden) {}

  /**
   * Judges pieces.
   *
   * @param known what was taken in before
   * @param pieces what is new
   */
  public Verdict judge(List<LogMark> known, List<LogPiece> pieces) {
    Map<String, Group> groups = new TreeMap<>();
    known.forEach(mark -> group(groups, mark.key()).known.add(mark));
    pieces.forEach(piece -> group(groups, piece.key()).pieces.add(piece));
    Map<String, LogBeginning> found = new TreeMap<>();
    Map<String, Set<String>> hidden = new TreeMap<>();
    for (Group group : groups.values()) {
      LogBeginning beginning = group.beginning();
      if (beginning != null) {
        found.merge(group.log(), beginning, LogJudge::better);
      }
      if (!group.hidden.isEmpty()) {
        hidden.computeIfAbsent(group.key.log(), log -> new TreeSet<>()).addAll(group.hidden);
      }
    }
    List<LogMark> marks = new ArrayList<>();
    for (Group group : groups.values()) {
      marks.addAll(found.containsKey(group.log()) ? group.known : group.marks());
    }
    return new Verdict(marks, List.copyOf(found.values()), hidden);
  }

  /** The marks whose records were taken in before it was told that they belong to another log. */
  public List<LogMark> outdated(List<LogMark> known) {
    return known.stream()
        .filter(mark -> numbers.of(mark.key(), mark.top()) != mark.key().number())
        .toList();
  }

  private Group group(Map<String, Group> groups, LogPiece.Key key) {
    return groups.computeIfAbsent(
        String.join("\n", key.source(), key.log(), key.kind().name(), "" + key.number()),
        name -> new Group(key));
  }

  /** Of several beginnings of one log the earlier; at one time that with the more exact kind. */
  private static LogBeginning better(LogBeginning one, LogBeginning other) {
    if (one.number() != other.number()) {
      return one.number() < other.number() ? one : other;
    }
    return one.kind().compareTo(other.kind()) <= 0 ? one : other;
  }

  /** A piece or a mark, up to its beginning where it has one. */
  private record Part(LogPoint first, LogPoint top, LogHigh high, boolean known) {}

  /** All that is known of one log by one kind of position. */
  private final class Group {
    private final LogPiece.Key key;
    private final List<LogMark> known = new ArrayList<>();
    private final List<LogPiece> pieces = new ArrayList<>();

    private final List<Part> parts = new ArrayList<>();
    private final List<LogPoint> begins = new ArrayList<>();
    private final Set<String> hidden = new TreeSet<>();
    private @Nullable LogHigh before;
    private @Nullable LogHigh taken;

    Group(LogPiece.Key key) {
      this.key = key;
    }

    String log() {
      return key.source() + "\n" + key.log();
    }

    List<LogMark> marks() {
      LogMark all = null;
      for (LogMark mark : known) {
        all = all == null ? mark : all.with(mark);
      }
      for (LogPiece piece : pieces) {
        all = all == null ? LogMark.of(piece) : all.with(LogMark.of(piece));
      }
      return all == null ? List.of() : List.of(all);
    }

    @Nullable LogBeginning beginning() {
      Map<String, List<LogPiece>> streams = new TreeMap<>();
      pieces.forEach(
          piece -> streams.computeIfAbsent(piece.stream(), s -> new ArrayList<>()).add(piece));
      known.forEach(mark -> taken = LogHigh.max(taken, mark.high()));
      streams.values().forEach(this::followStream);
      known.forEach(mark -> parts.add(new Part(mark.first(), mark.top(), mark.high(), true)));
      followTime();
      if (begins.isEmpty()) {
        return null;
      }
      Map<String, Long> places = new TreeMap<>();
      begins.forEach(begin -> places.merge(begin.where(), begin.at(), Math::min));
      LogPoint earliest = begins.stream().min(BY_TIME).orElseThrow();
      return new LogBeginning(
          key.source(),
          key.log(),
          key.kind(),
          numbers.after(key.source(), key.log(), key.number()),
          before,
          earliest,
          pieces.stream().anyMatch(LogPiece::message),
          places);
    }

    /** What follows each other in a partition; of a table in files, by time. */
    private void followStream(List<LogPiece> stream) {
      boolean message = stream.get(0).message();
      stream.sort(Comparator.comparing(LogPiece::first, message ? BY_PLACE : BY_TIME));
      long later = message ? 1 : TOLERATED_MILLIS;
      LogHigh high = null;
      long snapshot = known.stream().mapToLong(LogMark::snapshot).max().orElse(0);
      for (LogPiece piece : stream) {
        LogPiece.Open open = piece.open();
        if (open != null && open.record().major() < Math.max(snapshot, open.snapshot())) {
          LogPoint change = open.record();
          hidden.add(LogPoint.place(change.where(), change.at(), message));
        }
        snapshot = Math.max(snapshot, piece.snapshot());
        LogPoint begin = high == null ? null : begin(piece, high, later);
        if (begin != null) {
          begins.add(begin);
          continue;
        }
        LogPiece.Turn turn = turn(piece, high);
        Part part =
            turn == null
                ? new Part(piece.first(), piece.top(), piece.high(), false)
                : new Part(piece.first(), piece.first(), turn.before(), false);
        if (turn != null) {
          begins.add(turn.begin());
        }
        high = LogHigh.max(high, part.high());
        parts.add(part);
      }
    }

    /** Where a piece as a whole belongs to a later log than what was before it. */
    private @Nullable LogPoint begin(LogPiece piece, LogHigh before, long later) {
      if (isNew(piece.first(), withKnown(before, piece.first()), later)) {
        return piece.first();
      }
      if (turn(piece, before) != null
          || !isNew(piece.top(), withKnown(before, piece.top()), later)) {
        return null;
      }
      // The new server's clock is behind, or copies come first.
      boolean behind = before.millis() - piece.first().millis() < CLOCKS_DIFFER_MILLIS;
      return behind ? piece.first() : piece.top();
    }

    /** The first turn of a piece that is later than all before the piece as well. */
    private LogPiece.@Nullable Turn turn(LogPiece piece, @Nullable LogHigh before) {
      for (LogPiece.Turn turn : piece.turns()) {
        LogHigh all = withKnown(LogHigh.max(before, turn.before()), turn.record());
        if (turn.record().millis() > all.millis()) {
          return turn;
        }
      }
      return null;
    }

    /**
     * What was before a record in its partition, and the times of what was taken in before where
     * both may be copies of that. In a binlog these may turn by themselves, where a long statement
     * was overtaken; but not what is higher than all that was taken in, with a file below it.
     */
    private LogHigh withKnown(LogHigh before, LogPoint record) {
      boolean mayBeCopies =
          taken != null
              && key.kind() == LogKind.BINLOG
              && (record.major() == before.major() || !before.isAbove(taken));
      return mayBeCopies
          ? new LogHigh(before.major(), before.minor(), Math.max(before.millis(), taken.millis()))
          : before;
    }

    /** What has no told order, by time. */
    private void followTime() {
      parts.sort(Comparator.comparing(Part::first, BY_TIME));
      LogHigh knownBefore = null;
      for (Part part : parts) {
        boolean begins =
            before != null && (isFar(part.first(), before) || isFar(part.top(), before));
        if (!part.known() && knownBefore != null) {
          LogHigh high = new LogHigh(knownBefore.major(), knownBefore.minor(), before.millis());
          begins |=
              isNew(part.first(), high, TOLERATED_MILLIS)
                  || isNew(part.top(), high, TOLERATED_MILLIS);
        }
        if (begins) {
          this.begins.add(
              part.known() || isNew(part.first(), before, 1) ? part.first() : part.top());
          continue;
        }
        before = LogHigh.max(before, part.high());
        knownBefore = part.known() ? LogHigh.max(knownBefore, part.high()) : knownBefore;
      }
    }

    private boolean isNew(LogPoint point, LogHigh high, long later) {
      return point.millis() - high.millis() >= later
          && key.kind().falls(point.major(), point.minor(), high.major(), high.minor());
    }

    private boolean isFar(LogPoint point, LogHigh high) {
      return point.millis() - high.millis() >= TOLERATED_MILLIS
          && key.kind().fallsFar(point.major(), point.minor(), high.major(), high.minor());
    }
  }
}
