package org.beamlakehouse.io.internal.merge.commit;

/** The points of a table's commit between which other commits may come; named for tests. */
public enum CommitStep {
  /** The table's state is known; nothing is merged again yet. */
  STATE_LOADED,
  /** All shards are merged into that state. */
  SHARDS_MERGED,
  /** The quarantine is committed. */
  QUARANTINE_COMMITTED,
  /** The ledger is committed, the target is about to be. */
  LEDGER_COMMITTED;

  /** Is told of each step of each attempt. */
  public interface Observer {
    /** Observes nothing. */
    Observer NONE = step -> {};

    void reached(CommitStep step);
  }
}
