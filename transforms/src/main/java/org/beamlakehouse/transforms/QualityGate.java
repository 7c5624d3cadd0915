package org.beamlakehouse.transforms;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.beamlakehouse.transforms.internal.quality.RowRules;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.SystemColumns;

/**
 * Splits rows by quality rules.
 *
 * <pre>{@code
 * PCollectionTuple gate =
 *     orders.apply(
 *         QualityGate.of(
 *             new QualityRule("amount_positive", "amount > 0", Action.QUARANTINE),
 *             new QualityRule("known_status", "status IN ('NEW', 'PAID')", Action.WARN)));
 * gate.get(QualityGate.PASSED);
 * gate.get(QualityGate.QUARANTINED);
 * }</pre>
 *
 * <p>The input has a schema. The outputs are:
 *
 * <ul>
 *   <li>{@link #PASSED}: the rows that go on, with {@code dq_passed} (BOOLEAN) and {@code
 *       dq_failure_reason} (STRING, null where passed) added. Rows that fail only rules of action
 *       {@code WARN} are among them.
 *   <li>{@link #QUARANTINED}: the rows whose strictest failed rule has the action {@code
 *       QUARANTINE}, with {@code failed_rules} (ARRAY of STRING) and {@code dq_failure_reason}
 *       added.
 *   <li>{@link #HALTED}: the same of action {@code FAIL}; empty unless {@link OnFail#ROUTE}.
 *   <li>{@link #COUNTS}: rows of {@link #COUNTS_SCHEMA}, one per rule and window. For unbounded
 *       input in the global window they are partial counts to be added up, one per rule and bundle.
 * </ul>
 *
 * Rows of action {@code DROP} are only counted. Beam counters of namespace {@code QualityGate}:
 * {@code <rule>.passed}, {@code <rule>.failed}, and {@code rows.passed}, {@code rows.warned},
 * {@code rows.dropped}, {@code rows.quarantined}, {@code rows.halted}. A rise of {@code
 * <rule>.failed} says that the source changed or the rule is wrong; {@code dq_failure_reason} in
 * the outputs says which rows.
 */
@AutoValue
public abstract class QualityGate extends PTransform<PCollection<Row>, PCollectionTuple> {

  /** What a row that fails a rule of action {@code FAIL} does. */
  public enum OnFail {
    /**
     * Throws {@link QualityGateException}: the bundle fails, and with it a batch pipeline (after
     * the runner's retries). A streaming runner may retry for ever; choose {@link #ROUTE} there.
     */
    THROW,
    /** Goes to {@link #HALTED}; what to do about it is up to the pipeline. */
    ROUTE
  }

  /** Rows that go on, flagged. */
  public static final TupleTag<Row> PASSED = new TupleTag<>("passed") {};

  /** Rows set aside. */
  public static final TupleTag<Row> QUARANTINED = new TupleTag<>("quarantined") {};

  /** Rows that should halt the pipeline. */
  public static final TupleTag<Row> HALTED = new TupleTag<>("halted") {};

  /** How many rows passed and failed each rule. */
  public static final TupleTag<Row> COUNTS = new TupleTag<>("counts") {};

  /** Names of the failed rules, in rows that are set aside. */
  public static final String FAILED_RULES = "failed_rules";

  /** Schema of {@link #COUNTS}, named as the columns of {@code ops.quality}. */
  public static final Schema COUNTS_SCHEMA =
      Schema.builder()
          .addStringField("rule")
          .addInt64Field("passed_records")
          .addInt64Field("failed_records")
          .build();

  abstract List<QualityRule> rules();

  abstract OnFail onFail();

  /** A gate with these rules; names must differ. */
  public static QualityGate of(List<QualityRule> rules) {
    return new AutoValue_QualityGate.Builder()
        .rules(List.copyOf(rules))
        .onFail(OnFail.THROW)
        .build();
  }

  /** A gate with these rules; names must differ. */
  public static QualityGate of(QualityRule... rules) {
    return of(List.of(rules));
  }

  /**
   * What a row that fails a rule of action {@code FAIL} does; by default {@link OnFail#THROW}. With
   * {@code ROUTE} and an unread {@link #HALTED} such rows are lost silently.
   */
  public QualityGate withOnFail(OnFail onFail) {
    return toBuilder().onFail(onFail).build();
  }

  abstract Builder toBuilder();

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder rules(List<QualityRule> rules);

    abstract Builder onFail(OnFail onFail);

    abstract QualityGate build();
  }

  /**
   * Adds the gate.
   *
   * @throws IllegalArgumentException where the input has no schema or already the columns that are
   *     added, or a rule does not compile against it
   */
  @Override
  public PCollectionTuple expand(PCollection<Row> input) {
    if (!input.hasSchema()) {
      throw new IllegalArgumentException(
          "Cannot apply QualityGate: the input has no schema; set one with setRowSchema");
    }
    Schema schema = input.getSchema();
    for (String added :
        List.of(SystemColumns.DQ_PASSED, SystemColumns.DQ_FAILURE_REASON, FAILED_RULES)) {
      if (schema.hasField(added)) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot apply QualityGate: the input already has a field %s, which the gate adds;"
                    + " rename or drop it before",
                added));
      }
    }
    RowFields fields = new RowFields(schema);
    RowRules compiled = RowRules.of(rules(), fields.columns());
    Schema passed = passedSchema(schema);
    Schema failed = failedSchema(schema);
    TupleTag<KV<String, KV<Long, Long>>> partial = new TupleTag<>("partial") {};

    PCollectionTuple split =
        input.apply(
            "Evaluate",
            ParDo.of(new QualityGateFn(compiled, fields, passed, failed, onFail(), partial))
                .withOutputTags(PASSED, TupleTagList.of(QUARANTINED).and(HALTED).and(partial)));
    PCollection<KV<String, KV<Long, Long>>> counts =
        split
            .get(partial)
            .setCoder(
                KvCoder.of(StringUtf8Coder.of(), KvCoder.of(VarLongCoder.of(), VarLongCoder.of())));
    if (canGroup(input)) {
      counts = counts.apply("Add up", Combine.perKey(QualityGate::sum));
    }
    PCollection<Row> countRows =
        counts
            .apply(
                "Count rows", MapElements.into(TypeDescriptors.rows()).via(QualityGate::countRow))
            .setCoder(RowCoder.of(COUNTS_SCHEMA))
            .setRowSchema(COUNTS_SCHEMA);
    return PCollectionTuple.of(PASSED, split.get(PASSED).setRowSchema(passed))
        .and(QUARANTINED, split.get(QUARANTINED).setRowSchema(failed))
        .and(HALTED, split.get(HALTED).setRowSchema(failed))
        .and(COUNTS, countRows);
  }

  /** Unbounded input in the global window never ends a group. */
  private static boolean canGroup(PCollection<Row> input) {
    WindowingStrategy<?, ?> windowing = input.getWindowingStrategy();
    return input.isBounded() == IsBounded.BOUNDED
        || !(windowing.getWindowFn() instanceof GlobalWindows)
        || !(windowing.getTrigger() instanceof DefaultTrigger);
  }

  private static KV<Long, Long> sum(Iterable<KV<Long, Long>> counts) {
    long passed = 0;
    long failed = 0;
    for (KV<Long, Long> count : counts) {
      passed += count.getKey();
      failed += count.getValue();
    }
    return KV.of(passed, failed);
  }

  private static Row countRow(KV<String, KV<Long, Long>> count) {
    return Row.withSchema(COUNTS_SCHEMA)
        .addValues(count.getKey(), count.getValue().getKey(), count.getValue().getValue())
        .build();
  }

  private static Schema passedSchema(Schema schema) {
    return Schema.builder()
        .addFields(schema.getFields())
        .addBooleanField(SystemColumns.DQ_PASSED)
        .addNullableField(SystemColumns.DQ_FAILURE_REASON, FieldType.STRING)
        .build();
  }

  private static Schema failedSchema(Schema schema) {
    return Schema.builder()
        .addFields(schema.getFields())
        .addArrayField(FAILED_RULES, FieldType.STRING)
        .addStringField(SystemColumns.DQ_FAILURE_REASON)
        .build();
  }
}
