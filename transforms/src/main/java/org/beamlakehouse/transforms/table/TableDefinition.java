package org.beamlakehouse.transforms.table;

import com.google.auto.value.AutoValue;
import com.google.auto.value.extension.memoized.Memoized;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Everything the hops need to know of one silver table: its columns, its key, how changes are
 * ordered and merged, and which rows are good. Contracts are compiled to it; library users build
 * it.
 *
 * <p>All column names given to the builder must be columns of the table, except those of {@link
 * #sequenceBy()}.
 */
@AutoValue
public abstract class TableDefinition implements Serializable {

  /** The table with its namespace, for example {@code silver.customers}. */
  public abstract String name();

  /** Name of the source whose records feed it. */
  public abstract String source();

  /**
   * Which of the source's tables: {@code schema.table}, {@code db.table}, {@code db.schema.table},
   * {@code table} or a topic. Defaults to the table's own name without namespace; not looked at
   * where records carry no table.
   */
  public abstract String sourceTable();

  /** Whether {@link #sourceTable()} was told, and is not the default. */
  public abstract boolean namesSourceTable();

  /** The contract's columns, in its order. */
  public abstract List<Column> columns();

  /** Names of the key columns, in key order. */
  public abstract List<String> keyColumns();

  public abstract StorageType storage();

  /** Whether records are changes of rows, or rows of full extracts. */
  public abstract InputKind input();

  /** Columns or record fields that order changes, most significant first; empty: log position. */
  public abstract List<String> sequenceBy();

  /**
   * Types of {@link #sequenceBy()} fields that are no columns of the table, by field; {@link
   * ColumnType#LONG} for those that are not named. A value that does not fit is no place in the
   * order.
   */
  public abstract Map<String, ColumnType> sequenceTypes();

  /**
   * What a number in a date, time or timestamp column counts where neither the record's schema nor
   * its format nor the column tells. Null: such a number is no value, and its record is
   * quarantined.
   */
  public abstract @Nullable TimestampUnit timestampUnit();

  /**
   * What a string in a decimal column is where neither the record's schema nor its format nor the
   * column tells. Null: a string that can be read in both ways is no value.
   */
  public abstract @Nullable DecimalEncoding decimalEncoding();

  public abstract DeleteMode deletes();

  /** SQL over the record's fields, true for records that delete their key. */
  public abstract @Nullable String applyAsDeletes();

  /** SQL over the record's fields, true for records that empty the table. */
  public abstract @Nullable String applyAsTruncates();

  /** What messages with a key and no value mean. */
  public abstract TombstoneMode tombstones();

  /** Columns in which a null leaves the stored value as it is. */
  public abstract Set<String> ignoreNullColumns();

  /**
   * Columns whose change opens a new version; by default all that are not in the key, of
   * {@linkplain InputKind#SNAPSHOTS extracts} without those that say the extract's time.
   */
  public abstract List<String> trackedColumns();

  /**
   * Column with the time of the event; fills {@link SystemColumns#EVENT_DATE} and its companions.
   */
  public abstract @Nullable String eventTime();

  /** An event ingested later than this after its event time is a late arrival. */
  public abstract Duration allowedLateness();

  /** Iceberg transforms; empty for the default of the storage type. */
  public abstract List<String> partitionBy();

  public abstract UnknownFields unknownFields();

  /** When a batch halts the table, because too many of its records are quarantined. */
  public abstract FailWhen failWhen();

  /** Iceberg table properties. */
  public abstract Map<String, String> tableProperties();

  public abstract List<QualityRule> qualityRules();

  public abstract Builder toBuilder();

  /** Builder with the defaults of the contract format. */
  public static Builder builder() {
    return new AutoValue_TableDefinition.Builder()
        .storage(StorageType.LATEST)
        .input(InputKind.CHANGES)
        .sequenceBy(List.of())
        .sequenceTypes(Map.of())
        .deletes(DeleteMode.SOFT)
        .tombstones(TombstoneMode.DELETE)
        .ignoreNullColumns(Set.of())
        .allowedLateness(Duration.ofDays(1))
        .partitionBy(List.of())
        .unknownFields(UnknownFields.RESCUE)
        .failWhen(FailWhen.DEFAULT)
        .tableProperties(Map.of())
        .qualityRules(List.of());
  }

  /** The table's name without its namespace. */
  public String shortName() {
    return name().substring(name().lastIndexOf('.') + 1);
  }

  public String quarantineName() {
    return name() + "__quarantine";
  }

  public String ledgerName() {
    return name() + "__ledger";
  }

  /** Schema of the contract's columns; the rows of {@code ChangeEvent}s have it. */
  @Memoized
  public Schema rowSchema() {
    return beamSchema(columns());
  }

  /** Schema of the key columns, in key order. */
  @Memoized
  public Schema keySchema() {
    return beamSchema(keyColumns().stream().map(this::column).toList());
  }

  /**
   * The columns that travel with each change through the merge: the contract's, the event columns
   * where there is an event time, and the provenance. The arrays of the merge rules have this
   * order.
   */
  @Memoized
  public List<Column> carriedColumns() {
    List<Column> carried = new ArrayList<>(columns());
    if (hasEventColumns()) {
      carried.addAll(SystemColumns.EVENT);
    }
    carried.addAll(SystemColumns.PROVENANCE);
    return List.copyOf(carried);
  }

  /** All columns of the table, in its physical order. */
  @Memoized
  public List<Column> storedColumns() {
    List<Column> stored = new ArrayList<>(columns());
    if (storage() == StorageType.LATEST && deletes() == DeleteMode.SOFT) {
      stored.add(Column.of(SystemColumns.IS_DELETED, ColumnType.BOOLEAN));
      stored.add(Column.of(SystemColumns.DELETED_AT, ColumnType.TIMESTAMPTZ));
    } else if (storage() == StorageType.HISTORY) {
      stored.add(Column.required(SystemColumns.VALID_FROM, validTimeType()));
      stored.add(Column.of(SystemColumns.VALID_TO, validTimeType()));
      stored.add(Column.of(SystemColumns.IS_CURRENT, ColumnType.BOOLEAN));
      stored.add(Column.of(SystemColumns.ROW_HASH, ColumnType.STRING));
    } else if (hasEventColumns()) {
      stored.addAll(SystemColumns.EVENT);
    }
    stored.addAll(SystemColumns.PROVENANCE.subList(0, SystemColumns.PROVENANCE.size() - 1));
    stored.add(SystemColumns.SEQUENCE_COLUMN);
    stored.add(SystemColumns.PROVENANCE.get(SystemColumns.PROVENANCE.size() - 1));
    return List.copyOf(stored);
  }

  /** Places of the key columns in {@link #columns()}, in key order. */
  @Memoized
  @SuppressWarnings("mutable")
  public int[] keyIndexes() {
    return keyColumns().stream().mapToInt(this::indexOf).toArray();
  }

  /**
   * Type of {@code valid_from}: that of the first {@link #sequenceBy()} field, else timestamptz.
   */
  public ColumnType validTimeType() {
    return sequenceBy().isEmpty() ? ColumnType.TIMESTAMPTZ : sequenceType(sequenceBy().get(0));
  }

  /** Type of a {@link #sequenceBy()} field: that of the column, else the declared one. */
  public ColumnType sequenceType(String field) {
    int index = indexOf(field);
    return index < 0
        ? sequenceTypes().getOrDefault(field, ColumnType.LONG)
        : columns().get(index).type();
  }

  /** True where the table has {@code event_date} and its companions. */
  public boolean hasEventColumns() {
    return storage() == StorageType.EVENTS && eventTime() != null;
  }

  /** Place of a contract column in {@link #columns()}, or -1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns().size(); i++) {
      if (columns().get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }

  private Column column(String name) {
    return columns().get(indexOf(name));
  }

  private static Schema beamSchema(List<Column> columns) {
    Schema.Builder schema = Schema.builder();
    for (Column column : columns) {
      schema.addField(Schema.Field.of(column.name(), column.type().toBeam().withNullable(true)));
    }
    return schema.build();
  }

  /** Builder of {@link TableDefinition}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder name(String name);

    public abstract Builder source(String source);

    public abstract Builder sourceTable(String table);

    abstract Builder namesSourceTable(boolean told);

    public abstract Builder columns(List<Column> columns);

    public Builder columns(Column... columns) {
      return columns(List.of(columns));
    }

    public abstract Builder keyColumns(List<String> names);

    public Builder keyColumns(String... names) {
      return keyColumns(List.of(names));
    }

    public abstract Builder storage(StorageType storage);

    public abstract Builder input(InputKind input);

    public abstract Builder sequenceBy(List<String> fields);

    public Builder sequenceBy(String... fields) {
      return sequenceBy(List.of(fields));
    }

    public abstract Builder sequenceTypes(Map<String, ColumnType> types);

    public abstract Builder timestampUnit(@Nullable TimestampUnit unit);

    public abstract Builder decimalEncoding(@Nullable DecimalEncoding encoding);

    public abstract Builder deletes(DeleteMode mode);

    public abstract Builder applyAsDeletes(@Nullable String sql);

    public abstract Builder applyAsTruncates(@Nullable String sql);

    public abstract Builder tombstones(TombstoneMode mode);

    public abstract Builder ignoreNullColumns(Set<String> names);

    public abstract Builder trackedColumns(List<String> names);

    public abstract Builder eventTime(@Nullable String column);

    public abstract Builder allowedLateness(Duration lateness);

    public abstract Builder partitionBy(List<String> transforms);

    public abstract Builder unknownFields(UnknownFields mode);

    public abstract Builder failWhen(FailWhen failWhen);

    public abstract Builder tableProperties(Map<String, String> properties);

    public abstract Builder qualityRules(List<QualityRule> rules);

    abstract String name();

    abstract java.util.Optional<String> source();

    abstract java.util.Optional<String> sourceTable();

    abstract java.util.Optional<Boolean> namesSourceTable();

    abstract List<Column> columns();

    abstract List<String> keyColumns();

    abstract StorageType storage();

    abstract InputKind input();

    abstract List<String> sequenceBy();

    abstract Map<String, ColumnType> sequenceTypes();

    abstract @Nullable String applyAsDeletes();

    abstract @Nullable String applyAsTruncates();

    abstract java.util.Optional<List<String>> trackedColumns();

    abstract List<String> partitionBy();

    abstract Map<String, String> tableProperties();

    abstract List<QualityRule> qualityRules();

    abstract java.util.Optional<String> eventTime();

    abstract Set<String> ignoreNullColumns();

    abstract TableDefinition autoBuild();

    /**
     * Builds the definition.
     *
     * @throws IllegalArgumentException where a name is not a column, there is no key, a reserved
     *     name is used, two columns have one name, a type is given to no sequence field, or a table
     *     of extracts is set up as one of changes
     */
    public TableDefinition build() {
      String name = name();
      if (source().isEmpty()) {
        source("");
      }
      if (namesSourceTable().isEmpty()) {
        namesSourceTable(sourceTable().isPresent());
      }
      if (sourceTable().isEmpty()) {
        sourceTable(name.substring(name.lastIndexOf('.') + 1));
      }
      List<String> names = columns().stream().map(Column::name).toList();
      if (trackedColumns().isEmpty()) {
        Set<String> untracked = new HashSet<>(keyColumns());
        if (input() == InputKind.SNAPSHOTS) {
          untracked.addAll(sequenceBy());
        }
        trackedColumns(names.stream().filter(n -> !untracked.contains(n)).toList());
      }
      DefinitionChecks.check(this);
      copyCollections();
      return autoBuild();
    }

    /** So that nobody changes a definition by a list that it was made of. Orders are kept. */
    private void copyCollections() {
      columns(List.copyOf(columns()));
      keyColumns(List.copyOf(keyColumns()));
      sequenceBy(List.copyOf(sequenceBy()));
      sequenceTypes(Collections.unmodifiableMap(new LinkedHashMap<>(sequenceTypes())));
      ignoreNullColumns(Collections.unmodifiableSet(new LinkedHashSet<>(ignoreNullColumns())));
      trackedColumns().ifPresent(names -> trackedColumns(List.copyOf(names)));
      partitionBy(List.copyOf(partitionBy()));
      tableProperties(Collections.unmodifiableMap(new LinkedHashMap<>(tableProperties())));
      qualityRules(List.copyOf(qualityRules()));
    }
  }
}
