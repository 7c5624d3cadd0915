package org.beamlakehouse.io.internal.bronze.decisions;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The operators' words about a bronze table: the table {@code <bronze>__decisions}, which is made
 * with the first of them.
 *
 * <p>They are rows of a table of their own, so they outlive expiry, compaction and orphan removal
 * of bronze, and every replay reads the same. A word counts for the very bronze table it was said
 * of: where bronze was dropped and made anew, its records have to be judged again. The same word
 * twice is one row. Read them once per plan and hand them to the workers.
 */
public final class Decisions {
  private static final int ATTEMPTS = 10;

  private static final Schema SCHEMA =
      new Schema(
          required(1, "kind", Types.StringType.get(), "What was said"),
          optional(2, "table_name", Types.StringType.get(), "Of which table; null: of the source"),
          required(3, "places", Types.StringType.get(), "Of which records, JSON"),
          required(4, "bronze_uuid", Types.StringType.get(), "The bronze table that has them"),
          required(5, "decided_at", Types.TimestampType.withZone(), "Start of the deciding run"),
          required(6, "run_id", Types.StringType.get(), "The run that was told"),
          required(7, "pipeline_version", Types.StringType.get(), "Version that was told"));

  private Decisions() {}

  /** Name of the table with the decisions about a bronze table. */
  public static String tableOf(String bronzeTable) {
    return bronzeTable + "__decisions";
  }

  /**
   * All that was said of a bronze table, oldest first; one load of a table.
   *
   * @param bronze the bronze table's {@code Table.uuid()}
   */
  public static List<Decision> of(CatalogConfig catalog, String bronzeTable, UUID bronze) {
    return Catalogs.find(catalog, tableOf(bronzeTable))
        .map(table -> read(table, bronze))
        .orElse(List.of());
  }

  /**
   * Keeps a word with bronze.
   *
   * @param run the run that was told, and the bronze table it was told of
   * @param bronze that table's {@code Table.uuid()}
   * @return false where the same was said before
   */
  public static boolean keep(CatalogConfig catalog, RunFacts run, UUID bronze, Decision decision) {
    Table table =
        Catalogs.loadOrCreate(
            catalog,
            tableOf(run.table()),
            SCHEMA,
            PartitionSpec.unpartitioned(),
            Map.of(
                TableProperties.FORMAT_VERSION, "3",
                TableProperties.PARQUET_COMPRESSION, "zstd"));
    DataFile file = null;
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      Snapshot base = table.currentSnapshot();
      if (read(table, bronze).contains(decision)) {
        return false;
      }
      file = file == null ? write(table, bronze, decision, run) : file;
      try {
        table
            .newAppend()
            .scanManifestsWith(ManifestThreads.of(table))
            .appendFile(file)
            .validateWith(new Unchanged(base))
            .commit();
        return true;
      } catch (ValidationException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static DataFile write(Table table, UUID bronze, Decision decision, RunFacts run) {
    Map<String, @Nullable Object> values = new TreeMap<>();
    values.put("kind", decision.kind().label());
    values.put("table_name", decision.table());
    values.put("places", decision.places());
    values.put("bronze_uuid", bronze.toString());
    values.put("decided_at", InternalValues.instant(run.ingestionMicros()));
    values.put("run_id", run.batchId());
    values.put("pipeline_version", run.pipelineVersion());
    List<Types.NestedField> columns = table.schema().columns();
    try (RowWriter writer = RowWriter.open(table)) {
      writer.write(
          columns.stream()
              .map(column -> InternalValues.of(column.type(), values.get(column.name())))
              .toArray());
      return writer.finish();
    }
  }

  private record Said(Instant at, Decision decision) {}

  private static List<Decision> read(Table table, UUID bronze) {
    List<Said> said = new ArrayList<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      for (Record row : rows) {
        Decision.Kind kind = kind((String) row.getField("kind"));
        if (kind != null && bronze.toString().equals(row.getField("bronze_uuid"))) {
          said.add(
              new Said(
                  ((OffsetDateTime) row.getField("decided_at")).toInstant(),
                  new Decision(
                      kind, (String) row.getField("table_name"), (String) row.getField("places"))));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table.name() + ": " + e.getMessage(), e);
    }
    said.sort(Comparator.comparing(Said::at).thenComparing(s -> s.decision().places()));
    return said.stream().map(Said::decision).distinct().toList();
  }

  /** The kind of a label; null for one of a later version. */
  private static Decision.@Nullable Kind kind(String label) {
    for (Decision.Kind kind : Decision.Kind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    return null;
  }

  /** Holds where the table is as it was when it was looked at. */
  private static final class Unchanged implements SnapshotAncestryValidator {
    private final @Nullable Long base;

    Unchanged(@Nullable Snapshot base) {
      this.base = base == null ? null : base.snapshotId();
    }

    @Override
    public boolean validate(Iterable<Snapshot> ancestry) {
      var newest = ancestry.iterator();
      return Objects.equals(base, newest.hasNext() ? newest.next().snapshotId() : null);
    }

    @Override
    public String errorMessage() {
      return "others keep writing decisions; run again";
    }
  }
}
