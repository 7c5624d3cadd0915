package org.beamlakehouse.io.iceberg;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * Which run commits: what its commits say of it in their snapshots.
 *
 * @param id unique name of the run
 * @param mode how it runs, for example {@code available-now}
 * @param runner short name of the runner
 */
public record RunStamp(String id, String mode, String runner) implements Serializable {
  /** Commits that belong to no run, as those of a library's users. */
  public static final RunStamp NONE = new RunStamp("", "", "");

  private static final long serialVersionUID = 1L;

  public RunStamp {
    requireNonNull(id, "id");
    requireNonNull(mode, "mode");
    requireNonNull(runner, "runner");
  }
}
