package org.beamlakehouse.pipelines.internal.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in {@code ops.runs} and {@code ops.quality} what the hops of a run did, see {@link
 * RunLogWriter}. A run that found nothing to do records nothing.
 */
public final class WriteRunLog
    extends PTransform<PCollection<CommittedSnapshot>, PCollection<CommittedSnapshot>> {
  private final CatalogConfig catalog;
  private final RunContext run;
  private final Map<String, String> ruleActions;
  private final OnFailure onFailure;

  /**
   * A log of one run.
   *
   * @param ruleActions action of each quality rule, by table and rule with a colon between
   * @param onFailure whether the pipeline fails where the log cannot be written, or goes on, which
   *     the next log makes good
   */
  public WriteRunLog(
      CatalogConfig catalog, RunContext run, Map<String, String> ruleActions, OnFailure onFailure) {
    this.catalog = catalog;
    this.run = run;
    this.ruleActions = new TreeMap<>(ruleActions);
    this.onFailure = onFailure;
  }

  /** Gives what it was given, once that is recorded. */
  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<CommittedSnapshot> tables) {
    return tables
        .apply(
            "Key",
            WithKeys.<String, CommittedSnapshot>of(run.runId())
                .withKeyType(TypeDescriptors.strings()))
        .apply("Gather", GroupByKey.create())
        .apply("Write", ParDo.of(new Write(this)));
  }

  private static final class Write
      extends DoFn<KV<String, Iterable<CommittedSnapshot>>, CommittedSnapshot> {
    private static final Logger LOG = LoggerFactory.getLogger(WriteRunLog.class);

    private final CatalogConfig catalog;
    private final RunContext run;
    private final Map<String, String> ruleActions;
    private final OnFailure onFailure;

    Write(WriteRunLog log) {
      this.catalog = log.catalog;
      this.run = log.run;
      this.ruleActions = log.ruleActions;
      this.onFailure = log.onFailure;
    }

    @ProcessElement
    public void write(
        @Element KV<String, Iterable<CommittedSnapshot>> tables,
        BoundedWindow window,
        OutputReceiver<CommittedSnapshot> out) {
      List<CommittedSnapshot> gathered = new ArrayList<>();
      tables.getValue().forEach(gathered::add);
      gathered.sort(RunLog.ORDER);
      // One run may consist of several pipelines and windows; each logs its own tables, of which
      // the first may be that of another.
      int tableNames = gathered.stream().map(CommittedSnapshot::getTable).toList().hashCode();
      String stamp =
          String.join(
              "/",
              run.runId(),
              gathered.get(0).getTable(),
              Integer.toHexString(tableNames),
              Long.toString(window.maxTimestamp().getMillis()));
      try {
        new RunLogWriter(catalog, run, ruleActions).record(stamp, gathered);
      } catch (RuntimeException e) {
        if (onFailure == OnFailure.THROW || FailureMessage.isInterruption(e)) {
          throw e;
        }
        LOG.warn("{}; the log goes on with the next commit", FailureMessage.of(e));
      }
      gathered.forEach(out::output);
    }
  }
}
