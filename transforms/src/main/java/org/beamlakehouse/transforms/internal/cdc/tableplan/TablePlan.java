package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroType;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A table definition compiled for reading: its cells are its columns in order, then other fields.
 */
public final class TablePlan {
  private static final int MAX_READERS = 64;

  private final TableDefinition table;
  private final CellList cells = new CellList();
  private final boolean[] keys;
  private final SequencePlan sequence;
  private final ExpressionPlan expressions;
  private final IdentityHashMap<WireType, JsonRowReader> readers = new IdentityHashMap<>();
  private final IdentityHashMap<AvroType, AvroRowReader> avroReaders = new IdentityHashMap<>();
  private final Set<Sequence> extracts = new HashSet<>();

  /**
   * Compiles a definition.
   *
   * @param values how values are written whose record brings no schema
   * @param envelope the cells of the envelope, null where records have none
   * @throws IllegalArgumentException where the contract gives its changes no order, or its SQL does
   *     not parse or fit the format
   */
  public TablePlan(TableDefinition table, WireType values, @Nullable CellList envelope) {
    this.table = table;
    this.keys = new boolean[table.columns().size()];
    for (int key : table.keyIndexes()) {
      keys[key] = true;
    }
    for (Column column : table.columns()) {
      if (column.expression() == null) {
        cells.addNew(column.sourceField(), column.type(), declared(column, values));
      } else {
        cells.addComputed();
      }
    }
    this.expressions = new ExpressionPlan(table, cells);
    if (envelope != null && (table.applyAsDeletes() != null || table.applyAsTruncates() != null)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot apply SQL to find the deletes or truncates of %s: its records have an"
                  + " envelope that says so; remove applyAsDeletes and applyAsTruncates",
              table.name()));
    }
    if (envelope != null && table.input() == InputKind.SNAPSHOTS) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot read extracts of %s: its records have an envelope that says what changed;"
                  + " use plain json records",
              table.name()));
    }
    if (envelope == null
        && table.storage() == StorageType.HISTORY
        && table.sequenceBy().isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the history of %s: its records have no log position; name the columns"
                  + " that order them in sequenceBy",
              table.name()));
    }
    this.sequence = SequencePlan.of(table, values, cells, envelope);
  }

  /** What holds for a column; Debezium tells the unit of its own times by their names. */
  private Declared declared(Column column, WireType values) {
    Declared declared = Declared.of(table, column);
    return values.isUntold()
        ? declared.told(DebeziumField.unitOfFlat(column.sourceField()))
        : declared;
  }

  public TableDefinition table() {
    return table;
  }

  public List<Column> columns() {
    return table.columns();
  }

  public boolean isKey(int column) {
    return keys[column];
  }

  public SequencePlan sequence() {
    return sequence;
  }

  public ExpressionPlan expressions() {
    return expressions;
  }

  /** What holds for the only column of the key. */
  public Declared declaredOfKey() {
    return Declared.of(table, columns().get(table.keyIndexes()[0]));
  }

  /** True where the key is read from a document's {@code _id}, as of MongoDB. */
  public boolean readsDocuments() {
    for (int key : table.keyIndexes()) {
      String path = columns().get(key).sourceField();
      if (path.equals("_id") || path.startsWith("_id.")) {
        return true;
      }
    }
    return false;
  }

  public boolean ofExtracts() {
    return table.input() == InputKind.SNAPSHOTS;
  }

  /** Notes an extract by the lowest sequence in it; false where the batch has told it before. */
  public boolean begins(Sequence extract) {
    return extracts.add(extract);
  }

  /** Forgets which extracts were told. */
  public void beginBatch() {
    extracts.clear();
  }

  /** How many cells a row image has. */
  public int cells() {
    return cells.size();
  }

  /** The reader of row images written as {@code wire} says. */
  public JsonRowReader reader(WireType wire) {
    JsonRowReader reader = readers.get(wire);
    if (reader == null) {
      if (readers.size() >= MAX_READERS) {
        readers.clear();
      }
      reader = new JsonRowReader(cells.compile(wire));
      readers.put(wire, reader);
    }
    return reader;
  }

  /** The reader of row images that are Avro records of a type. */
  public AvroRowReader reader(AvroType type) {
    AvroRowReader reader = avroReaders.get(type);
    if (reader == null) {
      if (avroReaders.size() >= MAX_READERS) {
        avroReaders.clear();
      }
      reader = AvroRowReader.of(type, cells.compile(WireType.UNKNOWN));
      avroReaders.put(type, reader);
    }
    return reader;
  }

  /**
   * The error of all records of a type, where none can be read for the table, else null. Of
   * extracts every record is read for its key at least: without that the row would seem to be
   * deleted.
   */
  public @Nullable String whyUnfit(AvroType type) {
    if (ofExtracts()) {
      return null;
    }
    StringBuilder why = new StringBuilder();
    reader(type)
        .misfits()
        .forEach(
            (cell, misfit) ->
                why.append(why.isEmpty() ? "" : "; ")
                    .append(nameOf(cell))
                    .append(" is ")
                    .append(misfit.bad().expected())
                    .append(" but the schema's field ")
                    .append(misfit.field())
                    .append(" is ")
                    .append(misfit.bad().found()));
    return why.isEmpty()
        ? null
        : "Cannot read the record for "
            + table.name()
            + ": its schema does not fit the contract, "
            + why
            + "; mend the contract or the writer's schema, then replay";
  }

  private String nameOf(int cell) {
    if (cell < columns().size()) {
      return "column " + columns().get(cell).name();
    }
    boolean orders = sequence.parts().stream().anyMatch(part -> part.cell() == cell);
    return (orders ? "sequence field (sequenceByType) " : "field ") + cells.path(cell);
  }
}
