package org.beamlakehouse.io.internal.merge.commit;

/** Another commit to a table came first; what was to be committed may be tried again on top. */
final class LostRaceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostRaceException(String table, RuntimeException cause) {
    super(
        String.format(
            "Cannot commit to %s: another commit came in between (%s); the table is as that commit"
                + " left it, run again",
            table, cause.getMessage()),
        cause);
  }
}
