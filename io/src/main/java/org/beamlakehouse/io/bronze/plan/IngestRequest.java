package org.beamlakehouse.io.bronze.plan;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Set;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The order to ingest what is new in one source of files. */
@AutoValue
@DefaultCoder(SerializableCoder.class)
public abstract class IngestRequest implements Serializable {
  /** Bytes that a record may have where nobody says otherwise. */
  public static final int DEFAULT_MAX_RECORD_BYTES = 64 << 20;

  /** Name of the source in the project. Files are known by it and their path. */
  public abstract String source();

  /** Folder that a relative path is relative to; an absolute local path. */
  public abstract String baseFolder();

  /** File or glob, see {@link org.beamlakehouse.io.internal.files.FileListing}. */
  public abstract String path();

  /** Dotted name of the bronze table; created where it is missing. */
  public abstract String table();

  /** Id of the run. The same id must not be used for two runs. */
  public abstract String batchId();

  public abstract String pipelineVersion();

  /** The one ingestion time of all records of the run: microseconds since the epoch. */
  public abstract long ingestionMicros();

  /** Bytes that a record may have. */
  public abstract int maxRecordBytes();

  /** Paths of the only files to take in, where they are new; null for all that are. */
  public abstract @Nullable Set<String> only();

  /** What all rows of the run have in common. */
  public RunFacts run() {
    return new RunFacts(source(), table(), batchId(), pipelineVersion(), ingestionMicros());
  }

  public abstract Builder toBuilder();

  public static Builder builder() {
    return new AutoValue_IngestRequest.Builder().maxRecordBytes(DEFAULT_MAX_RECORD_BYTES);
  }

  /** Builds requests; everything but {@link #only} and {@link #maxRecordBytes} must be set. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder source(String source);

    public abstract Builder baseFolder(String baseFolder);

    public abstract Builder path(String path);

    public abstract Builder table(String table);

    public abstract Builder batchId(String batchId);

    public abstract Builder pipelineVersion(String pipelineVersion);

    public abstract Builder ingestionMicros(long ingestionMicros);

    public abstract Builder maxRecordBytes(int bytes);

    public abstract Builder only(@Nullable Set<String> paths);

    public abstract IngestRequest build();
  }
}
