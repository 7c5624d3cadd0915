package org.beamlakehouse.transforms.internal.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks at the records of one piece of bronze, in the order of their places: tells which log each
 * belongs to, and notices where one begins anew. Not thread-safe.
 *
 * <p>A log begins anew with a record whose position lies below the highest so far while its time
 * lies above the latest so far. No copy of an old record does: both its position and its time are
 * known. Where clocks differ the first records of a new log may have times that the old one had,
 * too: the beginning is then the last fall of positions before the record that was noticed.
 */
public final class LogWatch {
  private static final LogKind[] KINDS = LogKind.values();

  /** Turns that are kept; of more, the last. */
  private static final int MAX_TURNS = 16;

  private final LogNumbers numbers;
  private final Map<Id, Slot> slots = new HashMap<>();
  private final Slot[] last = new Slot[KINDS.length];
  private @Nullable String log;
  private @Nullable LogReading read;
  private @Nullable RawRecord readFrom;
  private long number;
  private @Nullable String lastPart;
  private @Nullable String lastConnector;
  private @Nullable String lastDatabase;
  private String lastName = "";
  private long serverChanges;

  /**
   * A watch over one piece.
   *
   * @param numbers what operators have told of the source's logs
   */
  public LogWatch(LogNumbers numbers) {
    this.numbers = numbers;
  }

  /** Identity of a slot by what records say; strings of a repeated record are the same objects. */
  private record Id(
      LogKind kind,
      long number,
      String source,
      @Nullable String connector,
      @Nullable String server,
      @Nullable String database,
      @Nullable String table,
      @Nullable String topic,
      int partition,
      @Nullable String file) {

    @SuppressWarnings("ReferenceEquality")
    boolean is(LogReading reading, RawRecord record, long otherNumber) {
      SourcePosition position = record.position();
      return file == position.file()
          && (file == null || table == reading.table)
          && topic == position.topic()
          && partition == position.partition()
          && server == reading.server
          && connector == reading.connector
          && database == reading.database
          && source == record.source()
          && number == otherNumber;
    }
  }

  /**
   * Takes a record.
   *
   * @return the number of the log that it belongs to
   */
  public long observe(LogReading reading, RawRecord record) {
    log = null;
    number = 0;
    read = reading;
    readFrom = record;
    if (!numbers.isEmpty()) {
      SourcePosition position = record.position();
      log = name(reading, position);
      number = numbers.of(record.source(), log, reading, where(position), position.offset());
    }
    if (reading.placed) {
      for (LogKind kind : KINDS) {
        if (reading.has(kind)) {
          Slot slot = slot(kind, number, reading, record);
          slot.add(
              reading.major(kind), reading.minor(kind), reading.millis, record.position().offset());
          slot.addSnapshot(reading, record.position().offset());
          serverChanges += slot.isOfOtherServer(reading.serverId) ? 1 : 0;
          log = slot.key.log();
        }
      }
    } else if (reading.millis != LogReading.NO_TIME) {
      Slot slot = slot(LogKind.BESIDE, number, reading, record);
      slot.add(0, 0, reading.millis, record.position().offset());
      log = slot.key.log();
    }
    return number;
  }

  /** Name of the log that the last record told a place in; null where it told none. */
  public @Nullable String log() {
    return log;
  }

  /** Notes how a table's change, of the last record, tells its order. */
  public void note(Sequence sequence, TableTimes times) {
    if (read == null || sequence.isUntold()) {
      return;
    }
    long millis = read.handledMillis != LogReading.NO_TIME ? read.handledMillis : read.millis;
    if (millis != LogReading.NO_TIME) {
      times.add(name(), number, !sequence.isOfTime(), millis, readFrom.position());
    }
  }

  /**
   * How often a record was written by another server than the one before it in its partition or
   * file. Positions go on where a fail-over keeps them, so this alone is no new log.
   */
  public long serverChanges() {
    return serverChanges;
  }

  /** What was seen. */
  public List<LogPiece> pieces() {
    List<LogPiece> pieces = new ArrayList<>();
    slots.values().forEach(slot -> pieces.add(slot.piece()));
    return pieces;
  }

  private Slot slot(LogKind kind, long number, LogReading reading, RawRecord record) {
    Slot slot = last[kind.ordinal()];
    if (slot != null && slot.id.is(reading, record, number)) {
      return slot;
    }
    SourcePosition position = record.position();
    Id id =
        new Id(
            kind,
            number,
            record.source(),
            reading.connector,
            reading.server,
            reading.database,
            // Messages of a partition came one after the other, whatever their tables.
            position.file() == null ? null : reading.table,
            position.topic(),
            position.partition(),
            position.file());
    slot = slots.get(id);
    if (slot == null) {
      String name = name(reading, position);
      slot =
          new Slot(
              id,
              new LogPiece.Key(record.source(), name, kind, number),
              where(position),
              position.topic() != null ? where(position) : String.valueOf(reading.table));
      slots.put(id, slot);
    }
    last[kind.ordinal()] = slot;
    return slot;
  }

  /** Name of the log of the last record, made once for records that follow each other. */
  @SuppressWarnings("ReferenceEquality")
  private String name() {
    String part = read.server != null ? read.server : tableOf(read, readFrom.position());
    if (part != lastPart || read.connector != lastConnector || read.database != lastDatabase) {
      lastPart = part;
      lastConnector = read.connector;
      lastDatabase = read.database;
      lastName = name(read, readFrom.position());
    }
    return lastName;
  }

  /**
   * A log's name. Where records do not name their server, those of other topics or tables may be of
   * another one.
   */
  private static String name(LogReading reading, SourcePosition position) {
    String connector = reading.connector == null ? "" : reading.connector + " ";
    if (reading.server == null) {
      return connector + "of " + tableOf(reading, position);
    }
    return connector + reading.server + (reading.database == null ? "" : "/" + reading.database);
  }

  private static String tableOf(LogReading reading, SourcePosition position) {
    return position.topic() != null ? position.topic() : String.valueOf(reading.table);
  }

  private static String where(SourcePosition position) {
    return position.file() != null
        ? position.file()
        : position.topic() + "/" + position.partition();
  }

  /** One log in one partition, or of one table in one file. */
  private static final class Slot {
    private final Id id;
    private final LogPiece.Key key;
    private final String where;
    private final String stream;

    private @Nullable LogPoint first;
    private final List<LogPiece.Turn> turns = new ArrayList<>();
    private long highMajor;
    private long highMinor;
    private long highMillis;
    private long topMajor;
    private long topMinor;
    private long topAt;
    // The record before, and where positions last began to rise.
    private long lastMajor;
    private long lastMinor;
    private long riseMajor;
    private long riseMinor;
    private long riseMillis;
    private long riseAt;
    private long lastServer;
    private long snapshot;
    private LogPiece.@Nullable Open open;

    Slot(Id id, LogPiece.Key key, String where, String stream) {
      this.id = id;
      this.key = key;
      this.where = where;
      this.stream = stream;
    }

    void add(long major, long minor, long millis, long at) {
      if (first == null) {
        first = new LogPoint(major, minor, millis, where, at);
        highMajor = major;
        highMinor = minor;
        highMillis = Long.MIN_VALUE;
        rise(major, minor, millis, at);
      } else if (compare(major, minor, lastMajor, lastMinor) < 0) {
        rise(major, minor, millis, at);
      }
      lastMajor = major;
      lastMinor = minor;
      boolean later = millis > highMillis;
      if (later && key.kind().falls(major, minor, highMajor, highMinor)) {
        if (turns.size() == MAX_TURNS) {
          turns.remove(MAX_TURNS - 1);
        }
        turns.add(
            new LogPiece.Turn(
                new LogPoint(riseMajor, riseMinor, riseMillis, where, riseAt),
                new LogPoint(major, minor, millis, where, at),
                new LogHigh(highMajor, highMinor, highMillis)));
      }
      if (compare(major, minor, highMajor, highMinor) > 0) {
        highMajor = major;
        highMinor = minor;
      }
      if (later || (millis == highMillis && compare(major, minor, topMajor, topMinor) < 0)) {
        highMillis = millis;
        topMajor = major;
        topMinor = minor;
        topAt = at;
      }
    }

    boolean isOfOtherServer(long server) {
      long before = lastServer;
      lastServer = server == 0 ? before : server;
      return before != 0 && before != lastServer;
    }

    /** Notes where snapshots were read, and the first change that one may hide. */
    void addSnapshot(LogReading reading, long at) {
      if (key.kind() != LogKind.CHANGE) {
        return;
      }
      long position = reading.major(LogKind.CHANGE);
      if (reading.ofSnapshot) {
        snapshot = Math.max(snapshot, position);
      } else if (reading.first && (snapshot == 0 || position < snapshot)) {
        // Behind a snapshot in the piece it is known to be hidden, else only the judge can tell.
        if (open == null || open.snapshot() < snapshot) {
          open = new LogPiece.Open(new LogPoint(position, 0, reading.millis, where, at), snapshot);
        }
      }
    }

    private void rise(long major, long minor, long millis, long at) {
      riseMajor = major;
      riseMinor = minor;
      riseMillis = millis;
      riseAt = at;
    }

    LogPiece piece() {
      return new LogPiece(
          key,
          stream,
          id.file() == null,
          first,
          new LogPoint(topMajor, topMinor, highMillis, where, topAt),
          new LogHigh(highMajor, highMinor, highMillis),
          List.copyOf(turns),
          snapshot,
          open);
    }

    private static int compare(long major, long minor, long otherMajor, long otherMinor) {
      int order = Long.compareUnsigned(major, otherMajor);
      return order == 0 ? Long.compareUnsigned(minor, otherMinor) : order;
    }
  }
}
