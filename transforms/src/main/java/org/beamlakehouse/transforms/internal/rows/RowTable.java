package org.beamlakehouse.transforms.internal.rows;

import java.io.Serial;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.rows.ChangeTypes.Meaning;
import org.beamlakehouse.transforms.internal.rows.RowSpec.DeletedRows;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The rows of an input as changes of a table that has a column for each of their fields, and the
 * table's rows with the input's fields again.
 *
 * <p>A delete that has a value in no field but those of key, order and change type brings no others
 * either; any other delete brings its whole row.
 */
public final class RowTable implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  /** Before the names of the columns, so that a field may have the name of a system column. */
  private static final String PREFIX = "row.";

  private final RowSpec spec;
  private final Schema input;
  private final List<FieldForm> forms = new ArrayList<>();
  private final int[] keys;
  private final int[] sequence;
  private final int validTime;
  private final int changeType;
  private final BitSet data = new BitSet();
  private final TableDefinition definition;
  private final Schema output;
  private final Schema keySchema;

  private RowTable(RowSpec spec, Schema input) {
    this.spec = spec;
    this.input = input;
    input.getFields().forEach(field -> forms.add(FieldForm.of(field.getType())));
    RowFieldsCheck check = new RowFieldsCheck(spec.transform(), input);
    this.keys = check.places("withKeyFields", spec.keys());
    this.sequence = check.places("withSequenceFields", spec.sequence());
    spec.types().check(spec.transform());
    String type = spec.types().field();
    this.changeType = type == null ? -1 : check.place("withChangeTypeField", type);
    String time = spec.validTime();
    this.validTime = time == null ? sequence[0] : check.place("withValidTimeField", time);
    if (spec.tracked() != null) {
      check.places("withTrackedFields", spec.tracked());
    }
    for (int key : keys) {
      check.checkKey(input.getField(key), forms.get(key));
    }
    for (int field : sequence) {
      check.checkOrdered("withSequenceFields", input.getField(field), forms.get(field));
    }
    check.checkOrdered("withValidTimeField", input.getField(validTime), forms.get(validTime));
    if (changeType >= 0) {
      check.checkChangeType(input.getField(changeType));
    }
    data.set(0, forms.size());
    Arrays.stream(keys).forEach(data::clear);
    Arrays.stream(sequence).forEach(data::clear);
    data.clear(validTime);
    if (changeType >= 0) {
      data.clear(changeType);
    }
    List<Field> added = added();
    check.checkAdded(added);
    this.output =
        added.isEmpty()
            ? input
            : Schema.builder().addFields(input.getFields()).addFields(added).build();
    Schema.Builder keyFields = Schema.builder();
    for (int key : keys) {
      keyFields.addField(input.getField(key).withNullable(false));
    }
    this.keySchema = keyFields.build();
    this.definition = define();
  }

  /**
   * The table of an input's rows.
   *
   * @throws IllegalArgumentException where the input has no schema, its windows cannot give what is
   *     asked for, or a field is not there or not of a type that it can be
   */
  public static RowTable of(RowSpec spec, PCollection<Row> rows) {
    if (!rows.hasSchema()) {
      throw new IllegalArgumentException(
          "Cannot apply "
              + spec.transform()
              + ": the input has no schema; set one with setRowSchema");
    }
    Windowing.check(spec, rows);
    return of(spec, rows.getSchema());
  }

  /** The same of rows that are in no pipeline. */
  static RowTable of(RowSpec spec, Schema schema) {
    return new RowTable(spec, schema);
  }

  /** What the merge rules and the coders of changes are made of. */
  public TableDefinition definition() {
    return definition;
  }

  RowSpec spec() {
    return spec;
  }

  Schema input() {
    return input;
  }

  /** Schema of {@link #toRow}. */
  Schema output() {
    return output;
  }

  /** Schema of {@link #key}. */
  Schema keySchema() {
    return keySchema;
  }

  private List<Field> added() {
    if (spec.storage() == StorageType.LATEST) {
      return spec.deletedRows() == DeletedRows.KEPT
          ? List.of(Field.of(SystemColumns.IS_DELETED, FieldType.BOOLEAN))
          : List.of();
    }
    FieldType time = input.getField(validTime).getType();
    return List.of(
        Field.of(SystemColumns.VALID_FROM, time.withNullable(false)),
        Field.of(SystemColumns.VALID_TO, time.withNullable(true)),
        Field.of(SystemColumns.IS_CURRENT, FieldType.BOOLEAN));
  }

  private TableDefinition define() {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      columns.add(Column.of(name(i), forms.get(i).type()));
    }
    TableDefinition.Builder table =
        TableDefinition.builder()
            .name("rows")
            .columns(columns)
            .keyColumns(Arrays.stream(keys).mapToObj(this::name).toList())
            .storage(spec.storage())
            .deletes(spec.deletedRows() == DeletedRows.KEPT ? DeleteMode.SOFT : DeleteMode.HARD);
    if (spec.storage() == StorageType.HISTORY) {
      // The type of the valid time is that of the first of these.
      table.sequenceBy(name(validTime));
      table.trackedColumns(
          spec.tracked() == null
              ? data.stream().mapToObj(this::name).toList()
              : spec.tracked().stream().map(PREFIX::concat).toList());
    }
    return table.build();
  }

  private String name(int field) {
    return PREFIX + input.getField(field).getName();
  }

  /**
   * The change that a row is; null for one that is to be ignored.
   *
   * @throws BadRowException where it is none
   */
  @Nullable Change change(Row row) throws BadRowException {
    Meaning meaning = meaning(row);
    if (meaning == Meaning.IGNORED) {
      return null;
    }
    Object[] values = new Object[definition.carriedColumns().size()];
    for (int i = 0; i < forms.size(); i++) {
      try {
        values[i] = forms.get(i).toRule(row.getValue(i));
      } catch (RuntimeException | StackOverflowError e) {
        throw new BadRowException(
            String.format(
                "Cannot take a row: the value of its field %s is none of the field's type",
                field(i)));
      }
    }
    for (int key : keys) {
      checkTold("key", key, values);
    }
    Sequence place = sequence(values);
    checkTold("valid time", validTime, values);
    return new Change(
        meaning == Meaning.DELETE ? Kind.DELETE : Kind.UPSERT,
        place,
        Instant.EPOCH,
        // The latest row has no valid time; the definition takes it for a timestamp.
        spec.storage() == StorageType.HISTORY ? (Comparable<?>) values[validTime] : Instant.EPOCH,
        values,
        meaning == Meaning.DELETE ? unsent(values) : null);
  }

  private Meaning meaning(Row row) throws BadRowException {
    if (changeType < 0) {
      return Meaning.UPSERT;
    }
    Object value = row.getValue(changeType);
    Meaning meaning =
        spec.types().meaning(ChangeTypes.text(input.getField(changeType).getType(), value));
    if (meaning == Meaning.UNKNOWN) {
      throw new BadRowException(
          String.format(
              "Cannot take a row: its change type field %s is %s",
              field(changeType), value == null ? "null" : "of a value that is not told"));
    }
    return meaning;
  }

  private void checkTold(String what, int field, Object[] values) throws BadRowException {
    if (values[field] == null) {
      throw new BadRowException(
          String.format("Cannot take a row: its %s field %s is null", what, field(field)));
    }
  }

  private Sequence sequence(Object[] values) throws BadRowException {
    Sequence.Builder order = Sequence.builder();
    for (int field : sequence) {
      checkTold("sequence", field, values);
      try {
        order.addValue(values[field]);
      } catch (IllegalArgumentException e) {
        throw new BadRowException(
            String.format(
                "Cannot take a row: its sequence field %s is beyond what can be ordered",
                field(field)));
      }
      // A sequence has times in microseconds; what is finer comes behind.
      int nanos = nanos(values[field]);
      if (nanos >= 0) {
        order.add(nanos % 1_000);
      }
    }
    return order.build();
  }

  private static int nanos(Object value) {
    return value instanceof Instant || value instanceof LocalDateTime || value instanceof LocalTime
        ? ((Temporal) value).get(ChronoField.NANO_OF_SECOND)
        : -1;
  }

  private @Nullable BitSet unsent(Object[] values) {
    return data.isEmpty() || data.stream().anyMatch(i -> values[i] != null)
        ? null
        : (BitSet) data.clone();
  }

  private String field(int place) {
    return input.getField(place).getName();
  }

  /** Whether a merged row is to be seen. */
  boolean shows(StoredRow row) {
    return !row.isDeleted() || spec.deletedRows() == DeletedRows.KEPT;
  }

  /** A merged row as one of the output. */
  Row toRow(StoredRow row) {
    List<Object> values = new ArrayList<>(output.getFieldCount());
    for (int i = 0; i < forms.size(); i++) {
      values.add(forms.get(i).toBeam(row.values()[i]));
    }
    if (spec.storage() == StorageType.HISTORY) {
      values.add(forms.get(validTime).toBeam(row.validFrom()));
      values.add(forms.get(validTime).toBeam(row.validTo()));
      values.add(row.validTo() == null);
    } else if (spec.deletedRows() == DeletedRows.KEPT) {
      values.add(row.isDeleted());
    }
    return Row.withSchema(output).attachValues(values);
  }

  /** The key fields of a change. */
  Row key(Change change) {
    List<Object> values = new ArrayList<>(keys.length);
    for (int key : keys) {
      values.add(forms.get(key).toBeam(change.values()[key]));
    }
    return Row.withSchema(keySchema).attachValues(values);
  }

  /** The values of a change's key fields; their bytes bring changes of one key together. */
  Object[] keyValues(Change change) {
    return Arrays.stream(keys).mapToObj(key -> change.values()[key]).toArray();
  }
}
