package org.beamlakehouse.io.bronze.plan;

/** What to do where Kafka no longer has offsets that a bronze table has not taken in. */
public enum MissingOffsets {
  /** Stop before anything is read. */
  FAIL,
  /** Go on at the first offset that Kafka still has. What is lost is told. */
  EARLIEST,
  /** Go on at the end: what comes from now on. What is lost or skipped is told. */
  LATEST
}
