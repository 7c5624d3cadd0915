package org.beamlakehouse.transforms.internal.log;

/** How a source tells positions in its log, and what a fall of them means. */
public enum LogKind {
  /**
   * Positions of commits: no later commit has a lower one. PostgreSQL's last commit, SQL Server's
   * and Db2's {@code commit_lsn}.
   */
  COMMIT,
  /**
   * File and position in a binlog, in the order of commits. The times are those at which statements
   * began, so that a long statement has an old time at a high position.
   */
  BINLOG,
  /**
   * Positions of changes, which come in the order of their commits: PostgreSQL's {@code lsn},
   * Oracle's {@code scn}. A transaction that was open for long brings low positions late, so only a
   * fall below half of the highest is one: no transaction spans half the life of its log.
   */
  CHANGE,
  /**
   * No place in the log: what was read beside it, as the rows of incremental snapshots are. Only
   * their times are known, which say to which of several logs they belong.
   */
  BESIDE;

  /** Whether a position lies below the highest known in a way that one log does not explain. */
  boolean falls(long major, long minor, long highMajor, long highMinor) {
    return switch (this) {
      case COMMIT, BINLOG ->
          Long.compareUnsigned(major, highMajor) < 0
              || (major == highMajor && Long.compareUnsigned(minor, highMinor) < 0);
      case CHANGE -> Long.compareUnsigned(major, highMajor >>> 1) < 0;
      case BESIDE -> false;
    };
  }

  /**
   * The same for records that were not received one after the other, whose times need not rise with
   * the positions where a statement was long: of a binlog then only its file counts.
   */
  boolean fallsFar(long major, long minor, long highMajor, long highMinor) {
    return this == BINLOG
        ? Long.compareUnsigned(major, highMajor) < 0
        : falls(major, minor, highMajor, highMinor);
  }
}
