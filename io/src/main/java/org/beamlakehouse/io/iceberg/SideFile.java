package org.beamlakehouse.io.iceberg;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * A data file of a side table that is not yet committed. All its rows came from one snapshot of the
 * upstream table, so it is known whole whether they were recorded before.
 *
 * @param file as {@link FileJson} writes it
 * @param upstreamSequence sequence number of that snapshot
 */
public record SideFile(String file, long upstreamSequence) implements Serializable {
  private static final long serialVersionUID = 1L;

  public SideFile {
    requireNonNull(file, "file");
  }
}
