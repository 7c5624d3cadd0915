package org.beamlakehouse.runners.flink.live;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.beamlakehouse.runners.flink.live.SourceTable.SourceColumn;
import org.beamlakehouse.testing.servers.PostgresServer;

/**
 * Reads the changes of tables from a replication slot of {@code pgoutput}, version 1, by what
 * PostgreSQL's manual says of its messages. It shares nothing with Debezium or the lake.
 */
final class WalReader {
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final int MESSAGES = 5_000;

  private final Map<String, SourceTable> tables = new HashMap<>();
  private final Map<Integer, Relation> relations = new HashMap<>();
  private final Consumer<WalChange> changes;
  private Instant committed = EPOCH;

  /** A table as the log tells of it. */
  private record Relation(String name, List<String> columns) {}

  private WalReader(List<SourceTable> tables, Consumer<WalChange> changes) {
    tables.forEach(table -> this.tables.put(table.qualified(), table));
    this.changes = changes;
  }

  /**
   * Takes all changes that a slot holds, in the order of their commits.
   *
   * @param name of the slot and of its publication
   */
  static void read(
      PostgresServer server, String name, List<SourceTable> tables, Consumer<WalChange> changes)
      throws SQLException {
    WalReader reader = new WalReader(tables, changes);
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'UTC'");
      boolean more = true;
      while (more) {
        more = false;
        try (ResultSet messages =
            statement.executeQuery(
                "SELECT data FROM pg_logical_slot_get_binary_changes('%1$s', NULL, %2$d, 'proto_version', '1', 'publication_names', '%1$s')"
                    .formatted(name, MESSAGES))) {
          while (messages.next()) {
            reader.message(ByteBuffer.wrap(messages.getBytes(1)));
            more = true;
          }
        }
      }
    }
  }

  private void message(ByteBuffer in) {
    char kind = (char) in.get();
    switch (kind) {
      case 'B' -> {
        in.getLong();
        committed = EPOCH.plus(in.getLong(), ChronoUnit.MICROS);
      }
      case 'R' -> relation(in);
      case 'I', 'U', 'D' -> row(kind, in);
      case 'T' -> truncate(in);
      case 'C', 'O', 'Y' -> {
        // The end of a transaction, where it came from, a type.
      }
      default -> throw new IllegalStateException("Cannot read the log: a message " + kind);
    }
  }

  private void relation(ByteBuffer in) {
    int id = in.getInt();
    String name = text(in) + "." + text(in);
    in.get();
    List<String> columns = new ArrayList<>();
    int count = in.getShort();
    for (int i = 0; i < count; i++) {
      in.get();
      columns.add(text(in));
      in.getInt();
      in.getInt();
    }
    relations.put(id, new Relation(name, columns));
  }

  private void row(char kind, ByteBuffer in) {
    Relation relation = relations.get(in.getInt());
    SourceTable table = tables.get(relation.name());
    if (table == null) {
      return;
    }
    List<String> before = null;
    List<String> after = null;
    while (in.hasRemaining()) {
      boolean isNew = in.get() == 'N';
      List<String> values = tuple(in, relation, table);
      if (isNew) {
        after = values;
      } else {
        before = values.subList(0, table.keys());
      }
    }
    // An update tells the old key only where it is another one, or with the whole old row.
    if (kind == 'U' && before == null) {
      before = after.subList(0, table.keys());
    }
    changes.accept(new WalChange(relation.name(), committed, before, after));
  }

  /** The values of the columns that the table was created with, and of the one it got later. */
  private static List<String> tuple(ByteBuffer in, Relation relation, SourceTable table) {
    Map<String, String> values = new HashMap<>();
    int count = in.getShort();
    for (int i = 0; i < count; i++) {
      char kind = (char) in.get();
      switch (kind) {
        case 'n' -> values.put(relation.columns().get(i), null);
        case 'u' -> values.put(relation.columns().get(i), WalChange.UNCHANGED);
        case 't' -> {
          byte[] bytes = new byte[in.getInt()];
          in.get(bytes);
          values.put(relation.columns().get(i), new String(bytes, StandardCharsets.UTF_8));
        }
        default -> throw new IllegalStateException("Cannot read the log: a value " + kind);
      }
    }
    List<String> row = new ArrayList<>();
    for (SourceColumn column : table.columns()) {
      String value = values.get(column.name());
      row.add(WalChange.isUnchanged(value) ? WalChange.UNCHANGED : column.kind().ofPostgres(value));
    }
    row.add(values.get(SourceTable.ADDED));
    return row;
  }

  private void truncate(ByteBuffer in) {
    int count = in.getInt();
    in.get();
    for (int i = 0; i < count; i++) {
      String name = relations.get(in.getInt()).name();
      if (tables.containsKey(name)) {
        changes.accept(new WalChange(name, committed, List.of(), null));
      }
    }
  }

  private static String text(ByteBuffer in) {
    int from = in.position();
    while (in.get() != 0) {
      // Up to the end of the text.
    }
    return new String(in.array(), from, in.position() - 1 - from, StandardCharsets.UTF_8);
  }
}
