package org.beamlakehouse.transforms.internal.cdc.source;

import java.time.Instant;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.log.LogKind;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The order of changes by the source's log, told by the fields that the change has:
 *
 * <ul>
 *   <li>SQL Server, Db2: {@code commit_lsn, change_lsn, event_serial_no} (fixed-width hexadecimal)
 *   <li>PostgreSQL and others with a numeric {@code lsn}: that; where others committed meanwhile,
 *       the last commit that {@code sequence} tells, {@code lsn}
 *   <li>MySQL, MariaDB: the number that ends {@code file}, {@code pos, row}
 *   <li>Oracle: {@code scn, rs_id, ssn}
 *   <li>PostgreSQL without {@code lsn}, which rows of an incremental snapshot do not have: {@code
 *       sequence}, the end of the log that they were read at
 *   <li>MongoDB: the time of the operation, {@code ord}
 *   <li>else the time of the change, {@code ts_ns}, {@code ts_us} or {@code ts_ms}
 *   <li>else the time at which the connector handled it
 * </ul>
 *
 * <p>A change with a time only (a snapshot row of some connectors) comes before all with a log
 * position, because {@link Sequence} puts times before numbers and text.
 */
public final class LogPosition {
  private LogPosition() {}

  /** The order so far, to be completed by the record's position; null where there is none. */
  static Sequence.@Nullable Builder of(DebeziumMetadata source) {
    Sequence.Builder order = Sequence.builder();
    if (source.commitLsn != null) {
      return order
          .add(source.commitLsn)
          .add(source.changeLsn == null ? "" : source.changeLsn)
          .add(DebeziumMetadata.orZero(source.eventSerial));
    }
    if (source.lsn != DebeziumMetadata.ABSENT) {
      return overtaken(source)
          ? order.add(source.lastCommit).add(source.lsn)
          : order.add(source.lsn);
    }
    if (source.pos != DebeziumMetadata.ABSENT && source.file != null) {
      long file = trailingNumber(source.file);
      if (file >= 0) {
        return order.add(file).add(source.pos).add(DebeziumMetadata.orZero(source.row));
      }
    }
    if (source.scn != DebeziumMetadata.ABSENT) {
      return order
          .add(source.scn)
          .add(source.rsId == null ? "" : source.rsId.trim())
          .add(DebeziumMetadata.orZero(source.ssn));
    }
    long read =
        source.sequenceLsn != DebeziumMetadata.ABSENT ? source.sequenceLsn : source.lastCommit;
    if (read != DebeziumMetadata.ABSENT) {
      return order.add(read);
    }
    Instant time = source.sourceTime();
    time = time == null ? source.handledTime() : time;
    if (time == null) {
      return null;
    }
    order.add(time);
    return source.ord != DebeziumMetadata.ABSENT ? order.add(source.ord) : order;
  }

  /**
   * Whether others committed between the change and its own commit, or right at its place. It
   * counts from that on: a snapshot that was read meanwhile, further up in the log, does not have
   * it.
   */
  private static boolean overtaken(DebeziumMetadata source) {
    return source.lastCommit >= source.lsn;
  }

  /** Tells the positions by which it is noticed that a log begins anew. */
  static void tell(DebeziumMetadata source, LogReading log) {
    if (source.commitLsn != null) {
      tellHexadecimal(source.commitLsn, log);
    }
    if (source.lsn > 0) {
      log.position(LogKind.CHANGE, source.lsn, 0);
    }
    boolean ofSnapshot = source.snapshot != null && !source.snapshot.equals("false");
    if (source.lastCommit > 0) {
      log.position(LogKind.COMMIT, source.lastCommit, 0);
    } else if (source.sequenceLsn > 0 && ofSnapshot) {
      // A connector's first snapshot: the end of the log when it was taken.
      log.position(LogKind.COMMIT, source.sequenceLsn, 0);
    } else if (source.sequenceLsn > 0) {
      log.firstOfLog();
    }
    if (ofSnapshot || source.operation.equals("r")) {
      log.readBySnapshot();
    }
    if (source.pos > 0 && source.file != null) {
      long file = trailingNumber(source.file);
      if (file >= 0) {
        log.position(LogKind.BINLOG, file, source.pos);
      }
    }
    if (source.scn > 0) {
      log.position(LogKind.CHANGE, source.scn, 0);
    }
  }

  /** Tells {@code 00000027:00000758:0005}: digits of fixed width with anything between. */
  private static void tellHexadecimal(String lsn, LogReading log) {
    long major = 0;
    long minor = 0;
    int digits = 0;
    for (int i = 0; i < lsn.length(); i++) {
      int digit = Character.digit(lsn.charAt(i), 16);
      if (digit >= 0) {
        if (digits < 16) {
          major = major << 4 | digit;
        } else {
          minor = minor << 4 | digit;
        }
        digits++;
      }
    }
    if ((major | minor) != 0 && digits <= 32) {
      log.position(LogKind.COMMIT, major, minor);
    }
  }

  /** The number that a name ends with, or -1. */
  public static long trailingNumber(String name) {
    int from = name.length();
    while (from > 0 && name.charAt(from - 1) >= '0' && name.charAt(from - 1) <= '9') {
      from--;
    }
    int digits = name.length() - from;
    return digits == 0 || digits > 18 ? -1 : Long.parseLong(name, from, name.length(), 10);
  }
}
