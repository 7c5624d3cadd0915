package org.beamlakehouse.pipelines.internal.request;

/** When a run ends. */
public enum RunMode {
  /** When everything is done that was new at its start. */
  AVAILABLE_NOW("available-now"),
  /** Never: it commits what is new at the project's commit interval until somebody ends it. */
  CONTINUOUS("continuous");

  private final String label;

  RunMode(String label) {
    this.label = label;
  }

  /** The mode as commands and the run log have it. */
  public String label() {
    return label;
  }
}
