package org.beamlakehouse.transforms;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.rows.ChangeTypes;
import org.beamlakehouse.transforms.internal.rows.MergeRows;
import org.beamlakehouse.transforms.internal.rows.RowSpec;
import org.beamlakehouse.transforms.internal.rows.RowSpec.DeletedRows;
import org.beamlakehouse.transforms.internal.rows.RowSpec.Shape;
import org.beamlakehouse.transforms.internal.rows.RowTable;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The latest row of each key: SCD type 1 with no table behind it. {@link #rows()} takes rows of any
 * schema, {@link #of} the changes of {@link ParseCdc}.
 *
 * <pre>{@code
 * PCollection<Row> customers = changes.apply(DedupLatestByKey.of(table));
 * }</pre>
 *
 * <p><b>Input:</b> changes of the one table, in any order and any number of times, with a {@link
 * org.beamlakehouse.transforms.change.ChangeEventCoder}. <b>Output:</b> one row per living key,
 * with {@link TableDefinition#rowSchema()}.
 *
 * <p>The rule is that of the merged tables: the highest sequence wins, ties are decided by values,
 * columns that the source did not send have their newest known value, a truncate deletes what is
 * below it. So the output depends on the set of changes only, whatever their order and bundling.
 *
 * <p><b>Windows.</b> Each window is for itself and knows nothing of the ones before: in the global
 * window of a bounded input the rows are those of the whole history, in fixed windows of a stream
 * they are what the window's changes tell. A trigger that fires several panes should accumulate;
 * each pane then replaces the one before. To keep rows from window to window, merge into a table.
 *
 * <p><b>Cost.</b> Changes are combined before the shuffle, as a rule to one per key and bundle. The
 * table's truncates are held in memory by every worker; they are expected to be few.
 */
@AutoValue
public abstract class DedupLatestByKey
    extends PTransform<PCollection<ChangeEvent>, PCollection<Row>> {

  /** The rows that {@link Rows} gives, unless it is told to give panes. */
  public static final TupleTag<Row> LATEST = new TupleTag<>("latest") {};

  /** The panes that {@link Rows#inPanes} gives. */
  public static final TupleTag<Row> PANES = new TupleTag<>("panes") {};

  /**
   * Rows that {@link Rows} cannot take: {@code failed_row} (the row as it came) and {@code
   * error_message} (STRING, names the field and no value). Read it: what nobody reads is lost, but
   * for the counter {@code bad_rows}.
   */
  public static final TupleTag<Row> BAD_ROWS = new TupleTag<>("bad_rows") {};

  abstract TableDefinition table();

  abstract boolean deletedRows();

  /** Latest rows of an input of rows; say at least its key and its order. */
  public static Rows rows() {
    return new AutoValue_DedupLatestByKey_Rows.Builder()
        .keyFields(List.of())
        .sequenceFields(List.of())
        .upsertTypes(List.of())
        .deleteTypes(List.of())
        .ignoredTypes(List.of())
        .deletedRows(DeletedRows.LEFT_OUT)
        .shape(Shape.ROW)
        .build();
  }

  /**
   * Latest rows of a table that {@linkplain StorageType#LATEST keeps the latest row}.
   *
   * @param table of which the columns, the key, {@code deletes} and {@code ignoreNullColumns} count
   */
  public static DedupLatestByKey of(TableDefinition table) {
    return new AutoValue_DedupLatestByKey(table, false);
  }

  /**
   * Keeps the rows of deleted keys as well, with their last known values, and adds the columns
   * {@code is_deleted} and {@code deleted_at} (null while the key lives). By default they are left
   * out. Needs soft deletes: with hard ones there is no row to keep.
   */
  public DedupLatestByKey withDeletedRows() {
    return new AutoValue_DedupLatestByKey(table(), true);
  }

  @Override
  public PCollection<Row> expand(PCollection<ChangeEvent> events) {
    if (table().storage() != StorageType.LATEST) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the latest row per key of %s: its storage is %s; define it with storage"
                  + " LATEST (storedAsScdType: 1)",
              table().name(), table().storage()));
    }
    if (deletedRows() && table().deletes() != DeleteMode.SOFT) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the deleted rows of %s: its deletes are %s; define it with deletes SOFT,"
                  + " or leave withDeletedRows() away",
              table().name(), table().deletes()));
    }
    MergeRule rule = MergeRules.of(table());
    RowShape shape = deletedRows() ? RowShape.withDeleted(table()) : RowShape.living(table());
    KeyedChanges keyed = KeyedChanges.of(table(), events);
    return keyed
        .changes()
        .apply("Reduce", Combine.perKey(new ReduceChanges(rule)))
        .apply(
            "Merge",
            ParDo.of(new MergeKeys(rule, keyed.truncates(), shape))
                .withSideInputs(keyed.truncates()))
        .setRowSchema(shape.schema());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    builder.add(DisplayData.item("table", table().name()).withLabel("Table"));
  }

  /**
   * The latest row of each key of rows with any schema.
   *
   * <pre>{@code
   * PCollectionTuple orders =
   *     rows.apply(
   *         DedupLatestByKey.rows()
   *             .withKeyFields("id")
   *             .withSequenceFields("updated_at")
   *             .withChangeTypeField("op")
   *             .withDeleteTypes("D"));
   * orders.get(DedupLatestByKey.LATEST);
   * orders.get(DedupLatestByKey.BAD_ROWS);
   * }</pre>
   *
   * <p><b>Input:</b> whole rows, in any order and any number of times; the collection has a schema.
   * <b>Outputs:</b> {@link #LATEST}, one row per living key with the input's schema, or {@link
   * #PANES}; and {@link #BAD_ROWS}, rows whose key, sequence or change type is null, whose change
   * type is not told, or with a value that is none of its field's type. A bad row costs no other
   * row anything.
   *
   * <p><b>The rule</b> is that of the merged tables. The row with the highest sequence wins; of two
   * with one sequence a delete, else the one with the higher values, field by field. A delete holds
   * against older rows that come later. So the output depends on the set of rows only. Times are
   * ordered by all their digits, strings by their UTF-8 bytes ("10" before "9").
   *
   * <p><b>Values</b> come out as they came in, but decimals of fixed precision with the scale of
   * their type.
   *
   * <p><b>Windows.</b> Each window is for itself. Where a window fires once, {@link #LATEST} is
   * right as it is. Where it may fire several times (triggers, allowed lateness), its panes must
   * accumulate, and {@link #inPanes} is needed.
   *
   * <p><b>Cost.</b> Rows are combined before the shuffle, as a rule to one per key and bundle.
   *
   * <p>Beam metrics of namespace {@code DedupLatestByKey}: the counters {@code upserts}, {@code
   * deletes}, {@code ignored} and {@code bad_rows} of the rows that came, and the distribution
   * {@code changes_per_key} of what is left of a key's rows after combining. A rise of {@code
   * bad_rows} says that the source changed; their {@code error_message} says which field.
   */
  @AutoValue
  public abstract static class Rows extends PTransform<PCollection<Row>, PCollectionTuple> {

    abstract List<String> keyFields();

    abstract List<String> sequenceFields();

    abstract @Nullable String changeTypeField();

    abstract List<String> upsertTypes();

    abstract List<String> deleteTypes();

    abstract List<String> ignoredTypes();

    abstract DeletedRows deletedRows();

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
     * The field that tells what a row does to its key. By default there is none, and every row is
     * an upsert. A string, whole number, boolean or enumeration; it stays in the output.
     */
    public Rows withChangeTypeField(String name) {
      return toBuilder().changeTypeField(name).build();
    }

    /**
     * The change types that delete the key, as they print; needed with {@link
     * #withChangeTypeField}. Of a delete's row only the key and the sequence need to be there.
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
     * Keeps the rows of deleted keys as well, with their last known values, and adds the field
     * {@code is_deleted} (BOOLEAN). By default they are left out.
     */
    public Rows withDeletedRows() {
      return toBuilder().deletedRows(DeletedRows.KEPT).build();
    }

    /**
     * Gives {@link #PANES} in place of {@link #LATEST}: for each pane of a key one row of {@code
     * key} (ROW of the key fields), {@code pane} (INT64, from 0 in each window) and {@code rows}
     * (ARRAY of the key's rows: one, or none where it is deleted). Whoever replaces, for each
     * window and key, what has a lower {@code pane} has in the end what a batch gives.
     */
    public Rows inPanes() {
      return toBuilder().shape(Shape.PANE).build();
    }

    @AutoValue.Builder
    abstract static class Builder {
      abstract Builder keyFields(List<String> names);

      abstract Builder sequenceFields(List<String> names);

      abstract Builder changeTypeField(String name);

      abstract Builder upsertTypes(List<String> values);

      abstract Builder deleteTypes(List<String> values);

      abstract Builder ignoredTypes(List<String> values);

      abstract Builder deletedRows(DeletedRows mode);

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
      MergeRule rule = MergeRules.of(table.definition());
      return MergeRows.apply(
          table,
          rows,
          rule,
          Combine.perKey(new ReduceChanges(rule)),
          shape() == Shape.ROW ? LATEST : PANES,
          BAD_ROWS);
    }

    private RowSpec spec() {
      return new RowSpec(
          "DedupLatestByKey",
          StorageType.LATEST,
          keyFields(),
          sequenceFields(),
          new ChangeTypes(changeTypeField(), upsertTypes(), deleteTypes(), ignoredTypes()),
          null,
          null,
          deletedRows(),
          shape());
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      super.populateDisplayData(builder);
      spec().populateDisplayData(builder);
    }
  }
}
