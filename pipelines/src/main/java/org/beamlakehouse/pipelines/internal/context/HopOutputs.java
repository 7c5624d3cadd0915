package org.beamlakehouse.pipelines.internal.context;

import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;

/** What hops hand on: the snapshots that they committed. */
public final class HopOutputs {
  private HopOutputs() {}

  /** All of some collections; one alone is itself, as each step costs a runner some time. */
  public static PCollection<CommittedSnapshot> together(
      String name, List<PCollection<CommittedSnapshot>> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : PCollectionList.of(parts).apply(name, Flatten.pCollections());
  }
}
