package org.beamlakehouse.transforms.internal.cdc.event;

/** Why a well-formed record makes no change: none of these is an error. */
public enum SkipReason {
  /** A null or empty payload, by which a compacted topic forgets a key. */
  TOMBSTONE,
  /**
   * A null or empty payload, not behind a delete, of a topic that feeds tables by the name in its
   * records: which of them it is for is not told, so that it deletes nothing.
   */
  SHARED_TOMBSTONE,
  /** A connector's sign of life. */
  HEARTBEAT,
  /** The begin or end of a transaction. */
  TRANSACTION,
  /** A change of the source's schema (DDL). */
  SCHEMA_CHANGE,
  /** A signal to the connector, or its notification. */
  SIGNAL,
  /** A message written to the source's log that is no row (operation {@code m}). */
  LOGICAL_MESSAGE,
  /** A change of a table that no table definition claims, or that is not wanted. */
  OTHER_TABLE
}
