package org.beamlakehouse.pipelines.internal.request;

/** What becomes of a stream where a rule, a contract or an order halts one of its tables. */
public enum OnHalt {
  /** The table is parked, the others go on; the stream ends where nothing is left to do. */
  CONTINUE,
  /** The stream ends at once. */
  STOP
}
