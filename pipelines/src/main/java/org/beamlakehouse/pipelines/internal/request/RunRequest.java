package org.beamlakehouse.pipelines.internal.request;

import com.google.auto.value.AutoValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.pipelines.internal.project.Project;

/** What a run is asked to do. */
@AutoValue
public abstract class RunRequest {
  public abstract Project project();

  public abstract RunMode mode();

  /** Silver and gold tables to run; empty for all. */
  public abstract Set<String> tables();

  /** Whether to rebuild the tables from the beginning of bronze. */
  public abstract boolean fullRefresh();

  /** Values of {@code ${name}} in gold SQL; {@code run_date} defaults to today in UTC. */
  public abstract Map<String, String> vars();

  /** What to do where Kafka no longer has offsets that are to be read. */
  public abstract MissingOffsets missingOffsets();

  /** Silver tables that are to pass over the batch which halts them. */
  public abstract Set<String> discard();

  /** What becomes of a stream where one of its tables is halted. */
  public abstract OnHalt onHalt();

  /** Sources whose logs begin anew where the last halt has named it. */
  public abstract Set<String> newLogs();

  /** Arguments for Beam's {@code PipelineOptionsFactory}, as the user wrote them. */
  public abstract List<String> beamOptions();

  public static Builder builder() {
    return new AutoValue_RunRequest.Builder()
        .mode(RunMode.AVAILABLE_NOW)
        .tables(Set.of())
        .fullRefresh(false)
        .vars(Map.of())
        .missingOffsets(MissingOffsets.FAIL)
        .discard(Set.of())
        .onHalt(OnHalt.CONTINUE)
        .newLogs(Set.of())
        .beamOptions(List.of());
  }

  /** Builder of {@link RunRequest}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder project(Project project);

    public abstract Builder mode(RunMode mode);

    public abstract Builder tables(Set<String> tables);

    public abstract Builder fullRefresh(boolean fullRefresh);

    public abstract Builder vars(Map<String, String> vars);

    public abstract Builder missingOffsets(MissingOffsets missingOffsets);

    public abstract Builder discard(Set<String> tables);

    public abstract Builder onHalt(OnHalt onHalt);

    public abstract Builder newLogs(Set<String> sources);

    public abstract Builder beamOptions(List<String> options);

    public abstract RunRequest build();
  }
}
