package org.beamlakehouse.io.internal.merge.table;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The partition spec of a new table, from its definition. */
public final class Partitioning {
  /** Buckets of a table whose contract names no partitioning. */
  static final int DEFAULT_BUCKETS = 8;

  private static final Pattern CALL = Pattern.compile("(\\w+)\\s*\\(([^()]*)\\)");
  private static final Pattern BUCKET = Pattern.compile("bucket\\[(\\d+)]");
  private static final Set<Type.TypeID> UNBUCKETED =
      Set.of(Type.TypeID.BOOLEAN, Type.TypeID.FLOAT, Type.TypeID.DOUBLE);

  private Partitioning() {}

  /**
   * The spec of the target table.
   *
   * @throws IllegalArgumentException where a transform is unknown, or names no column
   */
  public static PartitionSpec ofTarget(TableDefinition table, Schema schema) {
    if (!table.partitionBy().isEmpty()) {
      PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
      for (String transform : table.partitionBy()) {
        add(spec, transform.trim(), table.name());
      }
      try {
        return spec.build();
      } catch (ValidationException e) {
        throw unknown(String.join(", ", table.partitionBy()), table.name(), e.getMessage());
      }
    }
    if (table.hasEventColumns()) {
      return PartitionSpec.builderFor(schema).identity(SystemColumns.EVENT_DATE).build();
    }
    return bucketed(schema, table.keyColumns().get(0), DEFAULT_BUCKETS);
  }

  /**
   * The spec of a ledger: buckets of the key as the target has them, so that each worker finds what
   * it needs in one partition, else none.
   */
  static PartitionSpec ofLedger(Schema schema, String firstKeyColumn, int buckets) {
    return buckets > 1 ? bucketed(schema, firstKeyColumn, buckets) : PartitionSpec.unpartitioned();
  }

  private static PartitionSpec bucketed(Schema schema, String column, int buckets) {
    // Iceberg has no buckets of these types; such keys are rare and their tables small.
    return UNBUCKETED.contains(schema.findType(column).typeId())
        ? PartitionSpec.unpartitioned()
        : PartitionSpec.builderFor(schema).bucket(column, buckets).build();
  }

  private static void add(PartitionSpec.Builder spec, String transform, String table) {
    Matcher call = CALL.matcher(transform);
    if (!call.matches()) {
      if (!transform.matches("\\w+")) {
        throw unknown(transform, table, "it is no transform");
      }
      apply(spec, "identity", transform, 0, transform, table);
      return;
    }
    String name = call.group(1).toLowerCase(Locale.ROOT);
    List<String> arguments = List.of(call.group(2).trim().split("\\s*,\\s*"));
    boolean numbered = name.equals("bucket") || name.equals("truncate");
    if (arguments.size() != (numbered ? 2 : 1)) {
      throw unknown(
          transform, table, name + " takes " + (numbered ? "a number and " : "") + "a column");
    }
    int number = 0;
    if (numbered) {
      if (!arguments.get(0).matches("[1-9]\\d{0,8}")) {
        throw unknown(transform, table, "its first argument must be a positive number");
      }
      number = Integer.parseInt(arguments.get(0));
    }
    apply(spec, name, arguments.get(numbered ? 1 : 0), number, transform, table);
  }

  private static void apply(
      PartitionSpec.Builder spec,
      String name,
      String column,
      int number,
      String transform,
      String table) {
    try {
      switch (name) {
        case "identity" -> spec.identity(column);
        case "bucket" -> spec.bucket(column, number);
        case "truncate" -> spec.truncate(column, number);
        case "year" -> spec.year(column);
        case "month" -> spec.month(column);
        case "day" -> spec.day(column);
        case "hour" -> spec.hour(column);
        default ->
            throw new IllegalArgumentException(
                "there are identity, bucket, truncate, year, month, day and hour");
      }
    } catch (RuntimeException e) {
      throw unknown(transform, table, e.getMessage());
    }
  }

  private static IllegalArgumentException unknown(String transform, String table, String reason) {
    return new IllegalArgumentException(
        String.format("Cannot partition %s by %s: %s", table, transform, reason));
  }

  /** The number of the buckets of a column that a spec has among its fields, or null. */
  static @Nullable Integer buckets(PartitionSpec spec, Types.NestedField column) {
    int field = bucketField(spec, column);
    return field < 0 ? null : bucketCount(spec, field);
  }

  /** Index of the first field of a spec that is a bucket of the column; -1 for none. */
  public static int bucketField(PartitionSpec spec, Types.NestedField column) {
    for (int i = 0; i < spec.fields().size(); i++) {
      if (spec.fields().get(i).sourceId() == column.fieldId() && bucketCount(spec, i) > 0) {
        return i;
      }
    }
    return -1;
  }

  /** Into how many buckets a field of a spec splits; 0 where it is no bucket. */
  public static int bucketCount(PartitionSpec spec, int field) {
    Matcher bucket = BUCKET.matcher(spec.fields().get(field).transform().toString());
    return bucket.matches() ? Integer.parseInt(bucket.group(1)) : 0;
  }

  /** True where a spec has one field only, not counting fields that were removed. */
  static boolean isOneField(PartitionSpec spec) {
    return spec.fields().stream().filter(field -> !field.transform().isVoid()).count() == 1;
  }
}
