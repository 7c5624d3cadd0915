package org.beamlakehouse.pipelines.internal.show;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What to read of a table: the options of {@code ./lakehouse show}. */
@AutoValue
public abstract class TableQuery {

  /** Snapshot id, ISO time or tag; null for the current snapshot. */
  public abstract @Nullable String asOf();

  /** SQL condition over the table's columns; null for all rows. */
  public abstract @Nullable String where();

  /** Columns to show, in this order; empty for all. */
  public abstract List<String> columns();

  /** Columns to sort by, each with an optional {@code asc} or {@code desc}; empty for no order. */
  public abstract List<String> orderBy();

  /** Most rows to give; null for all. */
  public abstract @Nullable Integer limit();

  public static Builder builder() {
    return new AutoValue_TableQuery.Builder().columns(List.of()).orderBy(List.of());
  }

  /** Builder of {@link TableQuery}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder asOf(@Nullable String asOf);

    public abstract Builder where(@Nullable String sql);

    public abstract Builder columns(List<String> names);

    public abstract Builder orderBy(List<String> terms);

    public abstract Builder limit(@Nullable Integer rows);

    public abstract TableQuery build();
  }
}
