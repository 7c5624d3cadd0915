package org.beamlakehouse.io.iceberg;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;

/**
 * A data file of a side table that is not yet committed. All its rows came from one snapshot of the
 * upstream table, so it is known whole whether they were recorded before; or each of them was
 * looked up, and none was recorded then.
 *
 * @param file as {@link FileJson} writes it
 * @param upstreamSequence sequence number of that snapshot; {@link #LOOKED_UP} for rows that are
 *     new whatever the table has taken in
 */
public record SideFile(String file, long upstreamSequence) implements Serializable {
  /** Sequence number of rows that were looked up. */
  public static final long LOOKED_UP = Long.MAX_VALUE;

  private static final long serialVersionUID = 1L;

  public SideFile {
    requireNonNull(file, "file");
  }
}
