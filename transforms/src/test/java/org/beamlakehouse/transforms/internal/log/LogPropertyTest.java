package org.beamlakehouse.transforms.internal.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.beamlakehouse.transforms.change.SourcePosition;

/**
 * Random histories of logs that follow each other, with transactions that overlap, redelivery and
 * late copies, in any batching: every change of a later log comes after every one of a former, and
 * what was published before a word is what it is after it. One word per beginning is asked for;
 * seldom a second one, where a partition that lags shows more of a log that was told of.
 */
class LogPropertyTest {

  /** The kinds that tell a place. */
  private static final List<LogKind> PLACED =
      List.of(LogKind.COMMIT, LogKind.BINLOG, LogKind.CHANGE);

  /** A record and the log that it truly belongs to. */
  private record Delivered(Seen seen, int log) {}

  /** What came through a topic. */
  private static final class Topic {
    private final Random random;
    private final LogKind kind;
    private final int partitions;
    private final List<List<Delivered>> received = new ArrayList<>();
    private final List<Delivered> emitted = new ArrayList<>();

    public Topic(Random random) {
      this.random = random;
      this.kind = PLACED.get(random.nextInt(PLACED.size()));
      this.partitions = 1 + random.nextInt(3);
      IntStream.range(0, partitions).forEach(p -> received.add(new ArrayList<>()));
    }

    void fill(int logs) {
      long millis = 1_000_000_000L;
      for (int log = 0; log < logs; log++) {
        millis += 2_000 + random.nextInt(600_000);
        long began = millis;
        long position = base(log);
        int transactions = 1 + random.nextInt(10);
        for (int i = 0; i < transactions; i++) {
          long before = position;
          position += 1 + random.nextInt(30);
          millis += random.nextInt(3) == 0 ? 0 : random.nextInt(5_000);
          for (int change = random.nextInt(3); change >= 0; change--) {
            emit(seen(log, before, position, millis, began), log);
          }
          disturb(log);
        }
      }
    }

    /** Every log lies below the one before it; of PostgreSQL's by little. */
    private long base(int log) {
      return kind == LogKind.COMMIT ? 100_000 - 400 * log : 10_000_000L >> (2 * log);
    }

    private Seen seen(int log, long before, long position, long millis, long began) {
      SourcePosition nowhere = SourcePosition.inTopic("orders", random.nextInt(partitions), 0);
      return switch (kind) {
        // A change may stand long before the commit of its transaction.
        case COMMIT ->
            Seen.commit(nowhere, before, Math.max(1, position - random.nextInt(200)), millis);
        case CHANGE -> Seen.lsn(nowhere, position - random.nextInt(20), millis);
        // A statement that took long; where there is one partition all came one after the other.
        default ->
            Seen.binlog(
                nowhere,
                base(log),
                position,
                partitions == 1 ? Math.max(began, millis - random.nextInt(60_000)) : millis);
      };
    }

    /** Some of the last records once more, or an old one. */
    private void disturb(int log) {
      if (random.nextInt(4) == 0) {
        int from = Math.max(0, emitted.size() - 1 - random.nextInt(8));
        List.copyOf(emitted.subList(from, emitted.size())).stream()
            .filter(delivered -> delivered.log() == log)
            .forEach(delivered -> emit(delivered.seen(), delivered.log()));
      }
      if (random.nextInt(6) == 0) {
        Delivered old = emitted.get(random.nextInt(emitted.size()));
        emit(old.seen(), old.log());
      }
    }

    private void emit(Seen seen, int log) {
      int partition = seen.place().partition();
      SourcePosition place =
          SourcePosition.inTopic("orders", partition, received.get(partition).size());
      Delivered delivered = new Delivered(seen.at(place), log);
      received.get(partition).add(delivered);
      emitted.add(delivered);
    }
  }

  @Property
  void laterLogsComeAfterFormerOnesInAnyBatching(@ForAll long seed) {
    Random random = new Random(seed);
    Topic topic = new Topic(random);
    int logs = 1 + random.nextInt(3);
    topic.fill(logs);

    List<LogBeginning> told = new ArrayList<>();
    List<LogMark> known = List.of();
    List<TreeSet<Long>> numbers = none(logs);
    int[] read = new int[topic.partitions];
    while (!isRead(topic, read)) {
      List<List<Delivered>> pieces = nextBatch(topic, read, random);
      while (true) {
        LogJudge judge = new LogJudge(LogNumbers.of(told));
        if (!judge.outdated(known).isEmpty()) {
          // Of a log that lies between two others nothing had come yet, or what had come of it lay
          // nearer to the other one: the table is rebuilt.
          known = List.of();
          numbers = none(logs);
          pieces = upTo(topic, read);
        }
        LogJudge.Verdict verdict = judge.judge(known, pieces(pieces, told));
        if (verdict.beginnings().isEmpty()) {
          known = verdict.marks();
          break;
        }
        told.addAll(verdict.beginnings());
        assertThat("words " + told + topic.received, told.size(), lessThan(2 * logs));
      }
      number(pieces, told, numbers);
    }
    assertThat("words " + told + topic.received, told.size(), greaterThanOrEqualTo(logs - 1));

    // A rebuild reads everything at once, in any order, and finds the same.
    List<List<Delivered>> all = upTo(topic, read);
    Collections.shuffle(all, random);
    LogJudge.Verdict rebuilt =
        new LogJudge(LogNumbers.of(told)).judge(List.of(), pieces(all, told));
    assertThat(rebuilt.beginnings(), empty());
    number(all, told, numbers);
    int halves = told.size() - logs + 1;
    for (int log = 0; log < logs; log++) {
      assertThat(numbers.get(log).size(), lessThanOrEqualTo(1 + halves));
      if (log > 0) {
        assertThat(numbers.get(log - 1).last(), lessThan(numbers.get(log).first()));
      }
    }
  }

  private static boolean isRead(Topic topic, int[] read) {
    return IntStream.range(0, read.length).allMatch(p -> read[p] == topic.received.get(p).size());
  }

  /** The next records of each partition, in pieces; of some partitions fewer than there are. */
  private static List<List<Delivered>> nextBatch(Topic topic, int[] read, Random random) {
    List<List<Delivered>> pieces = new ArrayList<>();
    int upTo = 1 + random.nextInt(topic.emitted.size());
    for (int p = 0; p < read.length; p++) {
      List<Delivered> records = topic.received.get(p);
      int end = Math.min(records.size(), upTo);
      while (read[p] < end) {
        int size = 1 + random.nextInt(end - read[p]);
        pieces.add(records.subList(read[p], read[p] + size));
        read[p] += size;
      }
    }
    Collections.shuffle(pieces, random);
    return pieces;
  }

  /** Everything that was read so far, a piece for each partition. */
  private static List<List<Delivered>> upTo(Topic topic, int[] read) {
    List<List<Delivered>> pieces = new ArrayList<>();
    for (int p = 0; p < read.length; p++) {
      pieces.add(topic.received.get(p).subList(0, read[p]));
    }
    return pieces;
  }

  private static List<LogPiece> pieces(List<List<Delivered>> batch, List<LogBeginning> told) {
    List<LogPiece> pieces = new ArrayList<>();
    for (List<Delivered> piece : batch) {
      pieces.addAll(Seen.pieces(piece.stream().map(Delivered::seen).toList(), LogNumbers.of(told)));
    }
    return pieces;
  }

  private static List<TreeSet<Long>> none(int logs) {
    return IntStream.range(0, logs).mapToObj(log -> new TreeSet<Long>()).toList();
  }

  /** Takes down the numbers that the records of each log have. */
  private static void number(
      List<List<Delivered>> batch, List<LogBeginning> told, List<TreeSet<Long>> numbers) {
    LogWatch watch = new LogWatch(LogNumbers.of(told));
    for (List<Delivered> piece : batch) {
      for (Delivered delivered : piece) {
        numbers.get(delivered.log()).add(delivered.seen().observedBy(watch));
      }
    }
  }
}
