package org.beamlakehouse.transforms.internal.cdc.source;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The table of a source that a record is of, as far as the record tells.
 *
 * @param database the database; null where none is named
 * @param schema the schema in it; null where none is named
 * @param table the table; null where none is named
 * @param topic the topic that the record came by; null where it came by none
 */
public record TableOrigin(
    @Nullable String database,
    @Nullable String schema,
    @Nullable String table,
    @Nullable String topic)
    implements Serializable {
  /** Name of the table by which Debezium is signalled, in its documentation. */
  private static final String SIGNAL_TABLE = "debezium_signal";

  /**
   * Whether a {@code sourceTable} means it: by table, {@code schema.table}, {@code db.table},
   * {@code db.schema.table} or topic. A record that names no table is meant by its topic or the
   * topic's last parts, and without a topic always.
   */
  public boolean isMeantBy(String sourceTable) {
    if (sourceTable.equals(topic)) {
      return true;
    }
    if (table == null) {
      return topic == null || topic.endsWith("." + sourceTable);
    }
    return sourceTable.equals(table)
        || isJoined(sourceTable, schema, table)
        || isJoined(sourceTable, database, table)
        || (schema != null && isJoined(sourceTable, database, schema + "." + table));
  }

  private static boolean isJoined(String whole, @Nullable String first, String rest) {
    return first != null
        && whole.length() == first.length() + 1 + rest.length()
        && whole.startsWith(first)
        && whole.endsWith(rest)
        && whole.charAt(first.length()) == '.';
  }

  /** Whether a record that another origin was told of may be of the same table. */
  public boolean mayBe(TableOrigin other) {
    if (table == null || other.table == null) {
      return Objects.equals(topic, other.topic);
    }
    return table.equals(other.table)
        && mayBe(schema, other.schema)
        && mayBe(database, other.database);
  }

  private static boolean mayBe(@Nullable String one, @Nullable String other) {
    return one == null || other == null || one.equals(other);
  }

  /** What tells the table: without the topic where it is not needed. */
  public TableOrigin essence() {
    return table == null || topic == null ? this : new TableOrigin(database, schema, table, null);
  }

  /** Whether a table is the one by which Debezium is told what to do. */
  public static boolean isSignal(@Nullable String table) {
    return table != null && table.toLowerCase(Locale.ROOT).equals(SIGNAL_TABLE);
  }

  /** The whole topic, as one feed whatever tables its records are of. */
  public TableOrigin asTopic() {
    return new TableOrigin(null, null, null, topic);
  }

  /** The shortest name that a contract can tell it by, where its schema is told: with that. */
  public String shortName() {
    if (table == null) {
      return topic == null ? "" : topic;
    }
    return schema != null
        ? schema + "." + table
        : database != null ? database + "." + table : table;
  }

  /** Its whole name. */
  public String fullName() {
    return table == null
        ? shortName()
        : Stream.of(database, schema, table)
            .filter(Objects::nonNull)
            .collect(Collectors.joining("."));
  }
}
