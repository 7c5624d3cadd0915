package org.beamlakehouse.transforms;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.transforms.QualityGate.OnFail;
import org.beamlakehouse.transforms.internal.quality.RowRules;
import org.beamlakehouse.transforms.internal.quality.RuleCounts;
import org.beamlakehouse.transforms.internal.quality.Verdict;

/** Evaluates the rules of a {@link QualityGate} and routes each row; counts once per bundle. */
final class QualityGateFn extends DoFn<Row, Row> {

  private final RowRules rules;
  private final RowFields fields;
  private final Schema passed;
  private final Schema failed;
  private final OnFail onFail;
  private final TupleTag<KV<String, KV<Long, Long>>> partialCounts;
  private transient Map<BoundedWindow, RuleCounts> counts;

  QualityGateFn(
      RowRules rules,
      RowFields fields,
      Schema passed,
      Schema failed,
      OnFail onFail,
      TupleTag<KV<String, KV<Long, Long>>> partialCounts) {
    this.rules = rules;
    this.fields = fields;
    this.passed = passed;
    this.failed = failed;
    this.onFail = onFail;
    this.partialCounts = partialCounts;
  }

  @StartBundle
  public void startBundle() {
    counts = new HashMap<>();
  }

  @ProcessElement
  public void process(@Element Row row, BoundedWindow window, MultiOutputReceiver outputs) {
    Verdict verdict = verdict(row, counts.computeIfAbsent(window, any -> rules.newCounts()));
    if (verdict.passed()) {
      count("passed");
      outputs.get(QualityGate.PASSED).output(extend(row, passed, true, null));
      return;
    }
    switch (verdict.action()) {
      case WARN -> {
        count("warned");
        outputs.get(QualityGate.PASSED).output(extend(row, passed, false, verdict.reason()));
      }
      case DROP -> count("dropped");
      case QUARANTINE -> {
        count("quarantined");
        outputs.get(QualityGate.QUARANTINED).output(failed(row, verdict));
      }
      case FAIL -> {
        count("halted");
        if (onFail == OnFail.THROW) {
          throw new QualityGateException(verdict.reason());
        }
        outputs.get(QualityGate.HALTED).output(failed(row, verdict));
      }
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    counts.forEach(
        (window, windowCounts) ->
            windowCounts.forEach(
                (rule, passedRows, failedRows) -> {
                  Metrics.counter("QualityGate", rule + ".passed").inc(passedRows);
                  Metrics.counter("QualityGate", rule + ".failed").inc(failedRows);
                  context.output(
                      partialCounts,
                      KV.of(rule, KV.of(passedRows, failedRows)),
                      window.maxTimestamp(),
                      window);
                }));
    counts = new HashMap<>();
  }

  /** A row whose values cannot be taken fails all rules; it must not end its bundle. */
  private Verdict verdict(Row row, RuleCounts windowCounts) {
    Object[] values;
    try {
      values = fields.values(row);
    } catch (RuntimeException | StackOverflowError e) {
      return rules.unreadable(windowCounts);
    }
    return rules.evaluate(values, windowCounts);
  }

  private Row failed(Row row, Verdict verdict) {
    return extend(row, failed, verdict.failedRules(), verdict.reason());
  }

  /** The values of the row and two more; they were checked when the row was made. */
  private static Row extend(Row row, Schema schema, Object first, Object second) {
    List<Object> values = new ArrayList<>(row.getFieldCount() + 2);
    for (int i = 0; i < row.getFieldCount(); i++) {
      values.add(row.<Object>getValue(i));
    }
    values.add(first);
    values.add(second);
    return Row.withSchema(schema).attachValues(values);
  }

  private static void count(String outcome) {
    Metrics.counter("QualityGate", "rows." + outcome).inc();
  }
}
