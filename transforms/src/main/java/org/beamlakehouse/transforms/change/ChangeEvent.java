package org.beamlakehouse.transforms.change;

import com.google.auto.value.AutoValue;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One change of one row of one table, parsed and typed.
 *
 * <p>Rows have the schema of the table's contract columns ({@code TableDefinition.rowSchema()}).
 */
@AutoValue
@DefaultCoder(ChangeEventCoder.class)
public abstract class ChangeEvent {

  /** The table that the change is for, for example {@code silver.customers}. */
  public abstract String table();

  public abstract Operation operation();

  /** The key columns; null for a truncate. */
  public abstract @Nullable Row key();

  /**
   * The row before the change, as far as the source sent it. A delete whose {@code before} has a
   * value in any column outside the key is taken to bring the whole row, else only the key.
   */
  public abstract @Nullable Row before();

  /** The row after the change; null for deletes and truncates. */
  public abstract @Nullable Row after();

  /**
   * Columns of {@link #after()} (of {@link #before()} for a delete) that the source did not send.
   */
  public abstract Set<String> unsentColumns();

  /** Place among the changes of the key. */
  public abstract Sequence sequence();

  /** When it happened in the source (UTC). */
  public abstract Instant eventTime();

  /** Value of the first {@code sequenceBy} field, else {@link #eventTime()}; begins a version. */
  public abstract Comparable<?> validTime();

  /** When bronze received it (UTC). */
  public abstract Instant ingestedAt();

  /** JSON object of the fields that no column reads; null where there are none. */
  public abstract @Nullable String rescuedData();

  /** Names of the {@code warn} rules that {@link #after()} fails, comma separated; null: none. */
  public abstract @Nullable String qualityFailure();

  public abstract Builder toBuilder();

  /** The row that the change speaks of: after, or before for a delete; null for a truncate. */
  public @Nullable Row row() {
    return after() != null ? after() : before();
  }

  /**
   * What is left of a row of an extract that cannot be used: that its key was there. An upsert that
   * sends nothing but the key stands for it; it keeps the extract from deleting the key, and
   * neither changes a row nor makes one.
   *
   * @param table of the event, with {@link InputKind#SNAPSHOTS} and a column outside the key
   */
  public ChangeEvent asConfirmation(TableDefinition table) {
    Object[] values = new Object[table.columns().size()];
    Set<String> unsent = new HashSet<>(table.rowSchema().getFieldNames());
    for (int i = 0; i < table.keyIndexes().length; i++) {
      values[table.keyIndexes()[i]] = key().getValue(i);
      unsent.remove(table.keyColumns().get(i));
    }
    return toBuilder()
        .operation(Operation.READ)
        .before(null)
        .after(Row.withSchema(table.rowSchema()).attachValues(values))
        .unsentColumns(unsent)
        .rescuedData(null)
        .qualityFailure(null)
        .build();
  }

  /** Whether it only says that its key was in an extract; see {@link #asConfirmation}. */
  public boolean isConfirmation(TableDefinition table) {
    return table.input() == InputKind.SNAPSHOTS
        && after() != null
        && !unsentColumns().isEmpty()
        && unsentColumns().size() == table.columns().size() - table.keyColumns().size();
  }

  public static Builder builder() {
    return new AutoValue_ChangeEvent.Builder().unsentColumns(Set.of());
  }

  /** Builder of {@link ChangeEvent}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder table(String table);

    public abstract Builder operation(Operation operation);

    public abstract Builder key(@Nullable Row key);

    public abstract Builder before(@Nullable Row before);

    public abstract Builder after(@Nullable Row after);

    public abstract Builder unsentColumns(Set<String> names);

    public abstract Builder sequence(Sequence sequence);

    public abstract Builder eventTime(Instant time);

    public abstract Builder validTime(Comparable<?> time);

    public abstract Builder ingestedAt(Instant time);

    public abstract Builder rescuedData(@Nullable String json);

    public abstract Builder qualityFailure(@Nullable String rules);

    public abstract ChangeEvent build();
  }
}
