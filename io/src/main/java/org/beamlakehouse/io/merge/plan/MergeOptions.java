package org.beamlakehouse.io.merge.plan;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Pipeline options of the merge. */
public interface MergeOptions extends PipelineOptions {
  /**
   * Megabytes of memory that the changes of one shard may take while they are merged, and again
   * what is stored for them. What is beyond waits on the local disk and is merged in further
   * passes, each of which reads the stored keys once more. With too much, workers run out of heap.
   *
   * <p>The default, 0, is an eighth of the heap divided by the number of processors.
   */
  @Description(
      "Megabytes that the changes of one shard may take while they are merged; 0 for an eighth of"
          + " the heap divided by the number of processors")
  @Default.Long(0)
  long getMergeMemoryMb();

  /** Sets what {@link #getMergeMemoryMb} gives. */
  void setMergeMemoryMb(long megabytes);

  /** Bytes that the options allow. */
  static long memory(PipelineOptions options) {
    long megabytes = options.as(MergeOptions.class).getMergeMemoryMb();
    if (megabytes < 0) {
      throw new IllegalArgumentException(
          "Cannot merge with mergeMemoryMb=" + megabytes + ": give a positive number, or 0");
    }
    Runtime runtime = Runtime.getRuntime();
    return megabytes > 0
        ? megabytes << 20
        : Math.max(1 << 20, runtime.maxMemory() / 8 / runtime.availableProcessors());
  }

  /** Makes the options known to Beam. */
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(MergeOptions.class);
    }
  }
}
