package org.beamlakehouse.transforms;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.rows.ChangeTypes;
import org.beamlakehouse.transforms.internal.rows.MergeRows;
import org.beamlakehouse.transforms.internal.rows.RowSpec;
import org.beamlakehouse.transforms.internal.rows.RowSpec.DeletedRows;
import org.beamlakehouse.transforms.internal.rows.RowSpec.Shape;
import org.beamlakehouse.transforms.internal.rows.RowTable;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The history of each key: SCD type 2 with no table behind it. {@link #rows()} takes rows of any
 * schema, {@link #of} the changes of {@link ParseCdc}.
 *
 * <pre>{@code
 * PCollection<Row> versions = changes.apply(ScdType2.of(table));
 * }</pre>
 *
 * <p><b>Input:</b> changes of the one table, in any order and any number of times, with a {@link
 * org.beamlakehouse.transforms.change.ChangeEventCoder}. <b>Output:</b> one row per version: the
 * contract's columns, then {@code valid_from} (inclusive) and {@code valid_to} (exclusive, null
 * while open) of {@link TableDefinition#validTimeType()}, {@code is_current}, and {@code row_hash}
 * over the tracked columns. Versions of a key never overlap; those of one key come in no certain
 * order.
 *
 * <p>The rule is that of the merged tables: a version opens only where a tracked column changed,
 * late changes land in their place, a delete closes, a truncate closes what is below it. So the
 * output depends on the set of changes only, whatever their order and bundling.
 *
 * <p><b>Windows.</b> Each window is for itself and knows nothing of the ones before: in the global
 * window of a bounded input the versions are those of the whole history, in fixed windows of a
 * stream they are what the window's changes tell. A trigger that fires several panes should
 * accumulate; each pane then replaces the one before. To keep history from window to window, merge
 * into a table.
 *
 * <p><b>Cost.</b> Every change is shuffled, and those of one key are held in memory together. So
 * are the table's truncates, by every worker.
 */
@AutoValue
public abstract class ScdType2 extends PTransform<PCollection<ChangeEvent>, PCollection<Row>> {

  /** The rows that {@link Rows} gives, unless it is told to give panes. */
  public static final TupleTag<Row> VERSIONS = new TupleTag<>("versions") {};

  /** The panes that {@link Rows#inPanes} gives. */
  public static final TupleTag<Row> PANES = new TupleTag<>("panes") {};

  /**
   * Rows that {@link Rows} cannot take: {@code failed_row} (the row as it came) and {@code
   * error_message} (STRING, names the field and no value). Read it: what nobody reads is lost, but
   * for the counter {@code bad_rows}.
   */
  public static final TupleTag<Row> BAD_ROWS = new TupleTag<>("bad_rows") {};

  abstract TableDefinition table();

  /** Versions of an input of rows; say at least its key and its order. */
  public static Rows rows() {
    return new AutoValue_ScdType2_Rows.Builder()
        .keyFields(List.of())
        .sequenceFields(List.of())
        .upsertTypes(List.of())
        .deleteTypes(List.of())
        .ignoredTypes(List.of())
        .shape(Shape.ROW)
        .build();
  }

  /**
   * Versions of a table that {@linkplain StorageType#HISTORY keeps history}.
   *
   * @param table of which the columns, the key, {@code sequenceBy}, {@code trackedColumns} and
   *     {@code ignoreNullColumns} count
   */
  public static ScdType2 of(TableDefinition table) {
    return new AutoValue_ScdType2(table);
  }

  @Override
  public PCollection<Row> expand(PCollection<ChangeEvent> events) {
    if (table().storage() != StorageType.HISTORY) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the history of %s: its storage is %s; define it with storage HISTORY"
                  + " (storedAsScdType: 2)",
              table().name(), table().storage()));
    }
    RowShape shape = RowShape.versions(table());
    KeyedChanges keyed = KeyedChanges.of(table(), events);
    return keyed
        .changes()
        .apply("GroupByKey", GroupByKey.create())
        .apply(
            "Merge",
            ParDo.of(new MergeKeys(MergeRules.of(table()), keyed.truncates(), shape))
                .withSideInputs(keyed.truncates()))
        .setRowSchema(shape.schema());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    builder.add(DisplayData.item("table", table().name()).withLabel("Table"));
  }

  /**
   * The history of each key of rows with any schema.
   *
   * <pre>{@code
   * PCollectionTuple customers =
   *     rows.apply(
   *         ScdType2.rows()
   *             .withKeyFields("id")
   *             .withSequenceFields("updated_at")
   *             .withTrackedFields("email", "tier"));
   * customers.get(ScdType2.VERSIONS);
   * customers.get(ScdType2.BAD_ROWS);
   * }</pre>
   *
   * <p><b>Input:</b> whole rows, in any order and any number of times; the collection has a schema.
   * <b>Outputs:</b> {@link #VERSIONS}, one row per version: the input's fields, then {@code
   * valid_from} (inclusive) and {@code valid_to} (exclusive, null while open), both of the type of
   * the valid time's field, and {@code is_current} (BOOLEAN); or {@link #PANES}. And {@link
   * #BAD_ROWS}, rows whose key, sequence, valid time or change type is null, whose change type is
   * not told, or with a value that is none of its field's type. A bad row costs no other row
   * anything.
   *
   * <p><b>The rule</b> is that of the merged tables. A version opens only where a tracked field
   * changed; other fields show their newest values within the version. Late rows land in their
   * place, a delete closes, and versions of a key never overlap. So the output depends on the set
   * of rows only. Times are ordered by all their digits, strings by their UTF-8 bytes. In fields of
   * types that have several forms of one value (decimals without a precision: 1.0 and 1.00) another
   * form is another value.
   *
   * <p><b>Values</b> come out as they came in, but decimals of fixed precision with the scale of
   * their type.
   *
   * <p><b>Windows.</b> Each window is for itself. Where a window fires once, {@link #VERSIONS} are
   * right as they are. Where it may fire several times (triggers, allowed lateness), its panes must
   * accumulate, and {@link #inPanes} is needed.
   *
   * <p><b>Cost.</b> Every row is shuffled, and those of one key are held in memory together.
   *
   * <p>Beam metrics of namespace {@code ScdType2}: the counters {@code upserts}, {@code deletes},
   * {@code ignored} and {@code bad_rows} of the rows that came, and the distribution {@code
   * changes_per_key}. A rise of {@code bad_rows} says that the source changed; their {@code
   * error_message} says which field. A high maximum of {@code changes_per_key} says that a key
   * needs much memory; smaller windows, or a merge into a table, need less.
   */
  @AutoValue
  public abstract static class Rows extends PTransform<PCollection<Row>, PCollectionTuple> {

    abstract List<String> keyFields();

    abstract List<String> sequenceFields();

    abstract @Nullable String validTimeField();

    abstract @Nullable List<String> trackedFields();

    abstract @Nullable String changeTypeField();

    abstract List<String> upsertTypes();

    abstract List<String> deleteTypes();

    abstract List<String> ignoredTypes();

    abstract Shape shape();

    abstract Builder toBuilder();

    /**
     * The fields that tell which rows are of one key. Needed. Of any type whose equal values have
     * equal bytes: no decimals without a precision, no enumerations.
     */
    public Rows withKeyFields(String... names) {
      return toBuilder().keyFields(List.of(names)).build();
    }

    /**
     * The fields that order the rows of a key, most significant first. Needed. Numbers, decimals of
     * fixed precision, dates, times or strings. Too few, and rows that follow each other have the
     * same order; which one wins is then always the same, but not always the later one.
     */
    public Rows withSequenceFields(String... names) {
      return toBuilder().sequenceFields(List.of(names)).build();
    }

    /**
     * The field whose value begins a version. By default the first sequence field. Of the types
     * that those have. It does not order the rows: where it runs behind the sequence, a version
     * begins when the one before it did, at the earliest.
     */
    public Rows withValidTimeField(String name) {
      return toBuilder().validTimeField(name).build();
    }

    /**
     * The fields whose change opens a version. By default all but those of key, sequence, valid
     * time and change type. A field left out here changes within a version, and its history is
     * lost.
     */
    public Rows withTrackedFields(String... names) {
      return toBuilder().trackedFields(List.of(names)).build();
    }

    /**
     * The field that tells what a row does to its key. By default there is none, and every row is
     * an upsert. A string, whole number, boolean or enumeration; it stays in the output.
     */
    public Rows withChangeTypeField(String name) {
      return toBuilder().changeTypeField(name).build();
    }

    /**
     * The change types that delete the key, as they print; needed with {@link
     * #withChangeTypeField}. Of a delete's row only the key, the sequence and the valid time need
     * to be there.
     */
    public Rows withDeleteTypes(String... values) {
      return toBuilder().deleteTypes(List.of(values)).build();
    }

    /**
     * The change types that insert or update. By default all that are not told to be something
     * else; where they are named, a row of any other type is a bad one.
     */
    public Rows withUpsertTypes(String... values) {
      return toBuilder().upsertTypes(List.of(values)).build();
    }

    /** The change types of rows to be left out, as images of rows before an update. */
    public Rows withIgnoredTypes(String... values) {
      return toBuilder().ignoredTypes(List.of(values)).build();
    }

    /**
     * Gives {@link #PANES} in place of {@link #VERSIONS}: for each pane of a key one row of {@code
     * key} (ROW of the key fields), {@code pane} (INT64, from 0 in each window) and {@code rows}
     * (ARRAY of all versions of the key, oldest first; none where there are none). Whoever
     * replaces, for each window and key, what has a lower {@code pane} has in the end what a batch
     * gives.
     */
    public Rows inPanes() {
      return toBuilder().shape(Shape.PANE).build();
    }

    @AutoValue.Builder
    abstract static class Builder {
      abstract Builder keyFields(List<String> names);

      abstract Builder sequenceFields(List<String> names);

      abstract Builder validTimeField(String name);

      abstract Builder trackedFields(List<String> names);

      abstract Builder changeTypeField(String name);

      abstract Builder upsertTypes(List<String> values);

      abstract Builder deleteTypes(List<String> values);

      abstract Builder ignoredTypes(List<String> values);

      abstract Builder shape(Shape shape);

      abstract Rows build();
    }

    /**
     * Adds the steps.
     *
     * @throws IllegalArgumentException where the input has no schema, a field is missing, not of a
     *     type that it can be or already one that is added, or windows would never end or fire
     *     panes that cannot be put together
     */
    @Override
    public PCollectionTuple expand(PCollection<Row> rows) {
      RowTable table = RowTable.of(spec(), rows);
      return MergeRows.apply(
          table,
          rows,
          MergeRules.of(table.definition()),
          GroupByKey.create(),
          shape() == Shape.ROW ? VERSIONS : PANES,
          BAD_ROWS);
    }

    private RowSpec spec() {
      return new RowSpec(
          "ScdType2",
          StorageType.HISTORY,
          keyFields(),
          sequenceFields(),
          new ChangeTypes(changeTypeField(), upsertTypes(), deleteTypes(), ignoredTypes()),
          validTimeField(),
          trackedFields(),
          DeletedRows.LEFT_OUT,
          shape());
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      super.populateDisplayData(builder);
      spec().populateDisplayData(builder);
    }
  }
}
