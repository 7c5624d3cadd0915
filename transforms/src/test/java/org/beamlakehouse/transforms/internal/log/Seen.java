package org.beamlakehouse.transforms.internal.log;

import java.time.Instant;
import java.util.List;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a record says of its log, for tests.
 *
 * @param lsn position of the change; 0 for none
 * @param commit position of the last commit; 0 for none
 * @param file number of the binlog; 0 for none
 * @param pos position in it
 * @param kind what the record says that it is: of a snapshot, the first of the log, or neither
 */
record Seen(
    SourcePosition place,
    String server,
    String table,
    long millis,
    long lsn,
    long commit,
    long file,
    long pos,
    Kind kind) {

  /** What a record may say that it is. */
  enum Kind {
    OF_SNAPSHOT,
    FIRST,
    OTHER
  }

  static Seen binlog(SourcePosition place, long file, long pos, long millis) {
    return new Seen(place, "shop", "orders", millis, 0, 0, file, pos, Kind.OTHER);
  }

  static Seen lsn(SourcePosition place, long lsn, long millis) {
    return new Seen(place, "shop", "orders", millis, lsn, 0, 0, 0, Kind.OTHER);
  }

  static Seen commit(SourcePosition place, long commit, long lsn, long millis) {
    return new Seen(place, "shop", "orders", millis, lsn, commit, 0, 0, Kind.OTHER);
  }

  Seen of(String otherServer, String otherTable) {
    return new Seen(place, otherServer, otherTable, millis, lsn, commit, file, pos, kind);
  }

  Seen at(SourcePosition other) {
    return new Seen(other, server, table, millis, lsn, commit, file, pos, kind);
  }

  Seen withMillis(long other) {
    return new Seen(place, server, table, other, lsn, commit, file, pos, kind);
  }

  Seen ofSnapshot() {
    return new Seen(place, server, table, millis, lsn, commit, file, pos, Kind.OF_SNAPSHOT);
  }

  Seen first() {
    return new Seen(place, server, table, millis, lsn, commit, file, pos, Kind.FIRST);
  }

  /** The number of the log that a watch finds it in. */
  long observedBy(LogWatch watch) {
    LogReading reading = new LogReading();
    reading.begin("test", server, null, table, millis, true);
    if (lsn > 0) {
      reading.position(LogKind.CHANGE, lsn, 0);
    }
    if (commit > 0) {
      reading.position(LogKind.COMMIT, commit, 0);
    }
    if (file > 0) {
      reading.position(LogKind.BINLOG, file, pos);
    }
    if (kind == Kind.OF_SNAPSHOT) {
      reading.readBySnapshot();
    } else if (kind == Kind.FIRST) {
      reading.firstOfLog();
    }
    return watch.observe(reading, RawRecord.of("shop", null, null, place, Instant.EPOCH));
  }

  /** What a watch makes of records of one piece of bronze. */
  static List<LogPiece> pieces(List<Seen> records, @Nullable LogNumbers numbers) {
    LogWatch watch = new LogWatch(numbers == null ? LogNumbers.of(List.of()) : numbers);
    records.forEach(record -> record.observedBy(watch));
    return watch.pieces();
  }
}
