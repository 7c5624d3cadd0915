package org.beamlakehouse.transforms.internal.log;

import org.checkerframework.checker.nullness.qual.Nullable;

/** What one record says of its log; filled again for every record. */
public final class LogReading {
  /** Stands for a time that the record does not tell. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private static final int KINDS = LogKind.values().length;

  @Nullable String connector;
  @Nullable String server;
  @Nullable String database;
  @Nullable String table;
  long millis;
  long handledMillis;
  long serverId;
  boolean placed;
  boolean ofSnapshot;
  boolean first;
  private int known;
  private final long[] major = new long[KINDS];
  private final long[] minor = new long[KINDS];

  /**
   * Begins a record.
   *
   * @param connector what reads the log; null where it is not told
   * @param server name of what the connector reads; null where it is not told
   * @param database the database, where each has a log of its own; else null
   * @param table a name of the table, the same object for the same table
   * @param millis time in the source; {@link #NO_TIME} where it is not told
   * @param placed whether the record stands in the log, so that positions and times rise with it
   */
  public void begin(
      @Nullable String connector,
      @Nullable String server,
      @Nullable String database,
      @Nullable String table,
      long millis,
      boolean placed) {
    this.connector = connector;
    this.server = server;
    this.database = database;
    this.table = table;
    this.millis = millis;
    this.handledMillis = NO_TIME;
    this.serverId = 0;
    this.placed = placed;
    this.ofSnapshot = false;
    this.first = false;
    this.known = 0;
  }

  /** Takes the time at which the connector handled the change; {@link #NO_TIME} for none. */
  public void handled(long handledAt) {
    handledMillis = handledAt;
  }

  /** Takes the identity of the server that wrote the log; 0 where it is not told. */
  public void writtenBy(long server) {
    serverId = server;
  }

  /** Takes that the record is a row of a snapshot, read where the log stood at its position. */
  public void readBySnapshot() {
    ofSnapshot = true;
  }

  /**
   * Takes that the record is a change of the first transaction that its connector read from the
   * log: of those that were committed behind the snapshot the only one that does not tell so.
   */
  public void firstOfLog() {
    first = true;
  }

  /** Takes a position. */
  public void position(LogKind kind, long first, long second) {
    known |= 1 << kind.ordinal();
    major[kind.ordinal()] = first;
    minor[kind.ordinal()] = second;
  }

  /** Whether the record tells a position of a kind. */
  boolean has(LogKind kind) {
    return (known & 1 << kind.ordinal()) != 0;
  }

  long major(LogKind kind) {
    return major[kind.ordinal()];
  }

  long minor(LogKind kind) {
    return minor[kind.ordinal()];
  }
}
