package org.beamlakehouse.io.iceberg;

/** What becomes of a pipeline where its work for one table fails. */
public enum OnFailure {
  /** It fails as a whole. */
  THROW,
  /** The table gets a {@link CommittedSnapshot} that says so; the other tables go on. */
  TELL
}
