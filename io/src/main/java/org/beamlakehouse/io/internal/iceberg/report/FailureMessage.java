package org.beamlakehouse.io.internal.iceberg.report;

import java.nio.channels.ClosedByInterruptException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.beamlakehouse.io.internal.secrets.Redaction;

/** What a person is told of a failure, wherever it is told: on the terminal, in the run log. */
public final class FailureMessage {
  private static final String UNKNOWN = "Cannot finish: ";

  private FailureMessage() {}

  /**
   * One line that a person can act on: that of the innermost cause which was written for people.
   */
  public static String of(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    String best = null;
    Throwable last = failure;
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      last = t;
      if (t instanceof SQLException sql && isLocked(sql)) {
        return "Cannot use the catalog: its database is locked by another process; "
            + "wait until that has ended and run again";
      }
      if (t.getMessage() != null && t.getMessage().startsWith("Cannot ")) {
        best = t.getMessage();
      }
    }
    if (best == null) {
      best =
          UNKNOWN
              + last.getClass().getSimpleName()
              + (Redaction.message(last) == null ? "" : ": " + Redaction.message(last));
    }
    String line = Redaction.of(best).strip();
    int end = line.indexOf('\n');
    return end < 0 ? line : line.substring(0, end);
  }

  /**
   * The same for a failure that concerns one table only, which the line names.
   *
   * @param what what could not be done to the table, for example {@code publish}
   */
  public static String of(String what, String table, Throwable failure) {
    String line = of(failure);
    if (line.contains(table)) {
      return line;
    }
    return line.startsWith(UNKNOWN)
        ? "Cannot " + what + " " + table + ": " + line.substring(UNKNOWN.length())
        : line + " (" + table + ")";
  }

  /**
   * True where a failure says nothing of what was done, because the thread is to end: it must not
   * be taken for one of a table.
   */
  public static boolean isInterruption(Throwable failure) {
    if (Thread.currentThread().isInterrupted()) {
      return true;
    }
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      if (t instanceof InterruptedException || t instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLocked(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("SQLITE_BUSY") || message.contains("SQLITE_LOCKED");
  }
}
