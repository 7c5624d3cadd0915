package org.beamlakehouse.transforms.internal.log;

import static org.beamlakehouse.transforms.change.SourcePosition.inFile;
import static org.beamlakehouse.transforms.change.SourcePosition.inTopic;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which histories of positions and times are those of a log that begins anew. */
class LogJudgeTest {
  private static final long TEN = 10 * 3_600_000L;
  private static final long MINUTE = 60_000;

  /**
   * A history.
   *
   * @param batches each a list of pieces, which are read on their own
   */
  private record History(String name, List<List<List<Seen>>> batches, String places) {
    static Arguments begins(String name, String places, List<List<List<Seen>>> batches) {
      return Arguments.of(new History(name, batches, places));
    }

    static Arguments goesOn(String name, List<List<List<Seen>>> batches) {
      return Arguments.of(new History(name, batches, ""));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Arguments> histories() {
    Seen old = Seen.binlog(at(0), 412, 900, TEN);
    Seen next = Seen.binlog(at(1), 7, 300, TEN + 10 * MINUTE);
    Seen oldFile = old.at(inFile("a.jsonl", 0));
    Seen nextFile = next.at(inFile("b.jsonl", 3));
    Seen high = Seen.lsn(at(0), 98_000_000_000L, TEN);
    Seen low = Seen.lsn(at(1), 30_000_000, TEN + MINUTE);
    Seen longOne = Seen.binlog(at(1), 12, 500, TEN);
    Seen quick = Seen.binlog(at(0), 12, 490, TEN + 20_000);
    return Stream.of(
        // A fail-over, however it is cut.
        History.begins("binlog, one piece", "orders/0@1", batches(pieces(piece(old, next)))),
        History.begins("two pieces", "orders/0@1", batches(pieces(piece(next), piece(old)))),
        History.begins(
            "two batches", "orders/0@1", batches(pieces(piece(old)), piece(piece(next)))),
        History.begins(
            "two partitions",
            "orders/1@1",
            batches(pieces(piece(old), piece(next.at(inTopic("orders", 1, 1)))))),
        History.begins(
            "one file",
            "a.jsonl:1",
            batches(pieces(piece(oldFile, next.at(inFile("a.jsonl", 1)))))),
        History.begins("two files", "b.jsonl:3", batches(pieces(piece(oldFile), piece(nextFile)))),
        History.begins(
            "files named the other way round",
            "a.jsonl:3",
            batches(
                pieces(piece(next.at(inFile("a.jsonl", 3))), piece(old.at(inFile("b.jsonl", 0)))))),
        History.begins(
            "the old file comes late",
            "b.jsonl:3",
            batches(pieces(piece(nextFile)), pieces(piece(oldFile)))),
        History.begins(
            "RESET MASTER in the same file number, in files",
            "b.jsonl:3",
            batches(
                pieces(
                    piece(Seen.binlog(inFile("a.jsonl", 0), 1, 90_000, TEN)),
                    piece(Seen.binlog(inFile("b.jsonl", 3), 1, 300, TEN + MINUTE))))),
        History.begins(
            "RESET MASTER in the same file number, in another topic and batch",
            "customers/0@9",
            batches(
                pieces(piece(Seen.binlog(at(0), 1, 90_000, TEN))),
                pieces(piece(Seen.binlog(inTopic("customers", 0, 9), 1, 300, TEN + MINUTE))))),
        History.begins("lsn", "orders/0@1", batches(pieces(piece(high, low)))),
        History.begins(
            "lsn, two batches", "orders/0@1", batches(pieces(piece(high)), pieces(piece(low)))),
        History.begins(
            "commits of a cluster restored to a little before",
            "orders/0@2",
            batches(
                pieces(
                    piece(
                        Seen.commit(at(0), 1_000, 1_010, TEN),
                        Seen.commit(at(1), 1_020, 1_030, TEN + 1),
                        Seen.commit(at(2), 1_005, 1_015, TEN + MINUTE))))),
        History.begins(
            "all partitions, and copies beside",
            "orders/0@2, orders/1@1",
            batches(
                pieces(
                    piece(old, old.at(at(1)), next.at(at(2)), old.at(at(3))),
                    piece(
                        Seen.binlog(inTopic("orders", 1, 0), 411, 100, TEN - MINUTE),
                        Seen.binlog(inTopic("orders", 1, 1), 7, 400, TEN + 11 * MINUTE))))),
        History.begins(
            "the new server's clock is behind",
            "orders/0@1",
            batches(
                pieces(
                    piece(
                        old,
                        Seen.binlog(at(1), 7, 300, TEN - 3_000),
                        Seen.binlog(at(2), 7, 400, TEN - 1_000),
                        Seen.binlog(at(3), 7, 500, TEN + 2_000))))),

        // What one log does.
        History.goesOn(
            "the next binlog",
            batches(
                pieces(
                    piece(
                        Seen.binlog(at(0), 9, 999_999, TEN), Seen.binlog(at(1), 10, 4, TEN + 1))))),
        History.goesOn(
            "redelivery from a while ago",
            batches(
                pieces(
                    piece(
                        Seen.binlog(at(0), 9, 1, TEN),
                        Seen.binlog(at(1), 9, 2, TEN + MINUTE),
                        Seen.binlog(at(2), 9, 1, TEN),
                        Seen.binlog(at(3), 9, 2, TEN + MINUTE),
                        Seen.binlog(at(4), 9, 3, TEN + 2 * MINUTE))))),
        History.goesOn(
            "redelivery in a later batch, to another partition, in another file",
            batches(
                pieces(
                    piece(Seen.binlog(at(0), 9, 1, TEN), Seen.binlog(at(1), 9, 2, TEN + MINUTE))),
                pieces(
                    piece(Seen.binlog(at(2), 9, 1, TEN)),
                    piece(Seen.binlog(inTopic("orders", 1, 0), 9, 1, TEN)),
                    piece(Seen.binlog(inFile("z.jsonl", 0), 9, 1, TEN))))),
        History.goesOn("a long statement", batches(pieces(piece(quick, longOne)))),
        History.goesOn(
            "a copy of what a long statement overtook",
            batches(pieces(piece(quick, longOne, quick.at(at(2)))))),
        History.goesOn(
            "a long statement in another partition",
            batches(pieces(piece(longOne.at(inTopic("orders", 1, 0))), piece(quick)))),
        History.goesOn(
            "a long statement in the file of another table",
            batches(
                pieces(
                    piece(longOne.of("shop", "customers").at(inFile("customers.jsonl", 0))),
                    piece(quick.at(inFile("orders.jsonl", 0)))))),
        History.goesOn(
            "transactions that overlap, by commits",
            batches(
                pieces(
                    piece(
                        Seen.commit(at(0), 190, 200, TEN),
                        Seen.commit(at(1), 210, 100, TEN + 4 * MINUTE))))),
        History.goesOn(
            "transactions that overlap, by changes alone",
            batches(
                pieces(
                    piece(
                        Seen.lsn(at(0), 200_000_000, TEN),
                        Seen.lsn(at(1), 110_000_000, TEN + 4 * MINUTE))))),
        History.goesOn(
            "commits at almost the same time",
            batches(
                pieces(piece(Seen.commit(at(0), 200, 199, TEN))),
                pieces(piece(Seen.commit(inTopic("orders", 1, 0), 190, 189, TEN + 5))))),
        History.goesOn(
            "a clock that was set back",
            batches(
                pieces(
                    piece(Seen.binlog(at(0), 9, 1, TEN), Seen.binlog(at(1), 9, 2, TEN - MINUTE))))),
        History.goesOn(
            "a partition that lags behind",
            batches(
                pieces(piece(Seen.binlog(at(0), 9, 500, TEN))),
                pieces(piece(Seen.binlog(inTopic("orders", 1, 0), 8, 1, TEN - MINUTE))))),
        History.goesOn(
            "two servers in one topic", batches(pieces(piece(high, low.of("other", "orders"))))),
        History.goesOn(
            "all at one time", batches(pieces(piece(old, next.at(at(1)).withMillis(TEN))))));
  }

  @ParameterizedTest
  @MethodSource("histories")
  void aBeginningIsFoundInAnyOrderOfPieces(History history) {
    List<List<List<List<Seen>>>> orders = List.of(history.batches, reversed(history.batches));
    for (List<List<List<Seen>>> batches : orders) {
      LogJudge judge = new LogJudge(LogNumbers.of(List.of()));
      List<LogMark> known = List.of();
      String found = "";
      for (List<List<Seen>> batch : batches) {
        List<LogPiece> pieces = new ArrayList<>();
        batch.forEach(piece -> pieces.addAll(Seen.pieces(piece, null)));
        LogJudge.Verdict verdict = judge.judge(known, pieces);
        known = verdict.marks();
        found +=
            verdict.beginnings().stream()
                .map(LogBeginning::describe)
                .collect(Collectors.joining("; "));
      }
      assertThat(found, is(history.places));
    }
  }

  /** A snapshot at 1,000, and what its connector reads first from the log. */
  @ParameterizedTest
  @CsvSource({
    "in one piece, 990, SF, true",
    "in one piece, 1000, SF, false",
    "in two pieces, 990, S|F, true",
    "in two batches, 990, S/F, true",
    "in two batches, 1010, S/F, false",
    "of a snapshot before, 990, FS, false",
    "of a snapshot before, 990, F|S, false",
    "of a snapshot before, 990, F/S, false",
  })
  void whatASnapshotHidesIsTold(String name, long lsn, String order, boolean hides) {
    List<LogMark> known = List.of();
    Set<String> hidden = new TreeSet<>();
    long offset = 0;
    for (String batch : order.split("/")) {
      List<LogPiece> pieces = new ArrayList<>();
      for (String piece : batch.split("\\|")) {
        List<Seen> seen = new ArrayList<>();
        for (char record : piece.toCharArray()) {
          SourcePosition at = at(offset++);
          seen.add(
              record == 'S'
                  ? Seen.lsn(at, 1_000, TEN).ofSnapshot()
                  : Seen.lsn(at, lsn, TEN + MINUTE).first());
        }
        pieces.addAll(Seen.pieces(seen, null));
      }
      LogJudge.Verdict verdict = new LogJudge(LogNumbers.of(List.of())).judge(known, pieces);
      known = verdict.marks();
      verdict.hidden().values().forEach(hidden::addAll);
    }
    assertThat(name, hidden, is(hides ? Set.of("orders/0@1") : Set.of()));
  }

  /** As PostgreSQL's first transaction behind a snapshot does. */
  @Test
  void whatTellsNoCommitIsOfTheLogThatItIsNearerTo() {
    Seen snapshot = Seen.commit(at(0), 1_000, 1_000, TEN);
    Seen first = Seen.lsn(at(1), 1_500, TEN + MINUTE);
    Seen restored = Seen.commit(at(2), 900, 900, TEN + 3 * MINUTE);
    Seen itsFirst = Seen.lsn(inTopic("orders", 1, 0), 905, TEN + 2 * MINUTE);
    LogJudge judge = new LogJudge(LogNumbers.of(List.of()));
    List<LogMark> known =
        judge.judge(List.of(), Seen.pieces(List.of(snapshot, first), null)).marks();

    List<LogBeginning> begun =
        judge.judge(known, Seen.pieces(List.of(restored), null)).beginnings();

    LogNumbers told = LogNumbers.of(begun);
    assertThat("what was taken in", new LogJudge(told).outdated(known), is(List.of()));
    LogWatch watch = new LogWatch(told);
    assertThat("before", first.observedBy(watch), is(0L));
    assertThat("after", restored.observedBy(watch), is(begun.get(0).number()));
    assertThat("after", itsFirst.observedBy(watch), is(begun.get(0).number()));
  }

  /** The same batches, with their pieces the other way round. */
  private static List<List<List<Seen>>> reversed(List<List<List<Seen>>> batches) {
    List<List<List<Seen>>> reversed = new ArrayList<>();
    for (List<List<Seen>> batch : batches) {
      List<List<Seen>> pieces = new ArrayList<>(batch);
      Collections.reverse(pieces);
      reversed.add(pieces);
    }
    return reversed;
  }

  private static SourcePosition at(long offset) {
    return inTopic("orders", 0, offset);
  }

  @SafeVarargs
  private static <T> List<T> piece(T... records) {
    return Arrays.asList(records);
  }

  @SafeVarargs
  private static <T> List<T> pieces(T... pieces) {
    return Arrays.asList(pieces);
  }

  @SafeVarargs
  private static <T> List<T> batches(T... batches) {
    return Arrays.asList(batches);
  }
}
