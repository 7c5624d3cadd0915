package org.beamlakehouse.pipelines.internal.contract;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The types of the fields by which connectors themselves tell order and times. */
final class ConnectorFields {
  private static final List<String> OF_SOURCE = List.of("source.", "__source_", "__");
  private static final Set<String> NUMBERS =
      Set.of(
          ("lsn pos row event_serial_no scn commit_scn start_scn ssn ord ts_ms ts_us ts_ns"
                  + " start_ts_ms commit_ts_ms")
              .split(" "));

  /**
   * Names that end with digits, and hexadecimal digits: of fixed width, so their order is that of
   * the text.
   */
  private static final Set<String> TEXTS = Set.of("file", "commit_lsn", "change_lsn", "rs_id");

  private static final Map<String, Set<String>> BESIDE_THE_ROW =
      Map.of(
          "debezium-json",
          Set.of(
              "ts_ms",
              "ts_us",
              "ts_ns",
              "transaction.total_order",
              "transaction.data_collection_order"),
          "maxwell-json",
          Set.of("ts", "xid", "xoffset"),
          "canal-json",
          Set.of("es", "ts", "id"));

  private ConnectorFields() {}

  /** The type of a field; null where the format does not fix it. */
  static @Nullable ColumnType typeOf(@Nullable String format, String field) {
    if (format == null) {
      return null;
    }
    boolean debezium = format.startsWith("debezium-");
    Set<String> beside = BESIDE_THE_ROW.getOrDefault(debezium ? "debezium-json" : format, Set.of());
    if (beside.contains(field)) {
      return ColumnType.LONG;
    }
    for (String prefix : debezium ? OF_SOURCE : List.<String>of()) {
      if (field.startsWith(prefix)) {
        String name = field.substring(prefix.length());
        if (NUMBERS.contains(name) || TEXTS.contains(name)) {
          return NUMBERS.contains(name) ? ColumnType.LONG : ColumnType.STRING;
        }
      }
    }
    return null;
  }
}
