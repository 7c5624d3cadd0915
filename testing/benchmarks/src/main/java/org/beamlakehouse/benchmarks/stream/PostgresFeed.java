package org.beamlakehouse.benchmarks.stream;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.beamlakehouse.testing.servers.PostgresServer;

/** Orders written to a table of PostgreSQL, each in a transaction of its own. */
final class PostgresFeed extends Feed {
  private final Connection connection;
  private final PreparedStatement upsert;

  /** Creates the table and writes to it. */
  PostgresFeed(PostgresServer server) throws SQLException {
    server.execute(
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text, email text, city text,"
            + " note text, amount numeric(12,2), weight double precision, quantity int,"
            + " gift boolean, created_at timestamptz, updated_at timestamptz)");
    this.connection = server.connect();
    this.upsert =
        connection.prepareStatement(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                + " status = excluded.status, note = excluded.note, amount = excluded.amount,"
                + " updated_at = excluded.updated_at");
  }

  @Override
  void write(long id, Instant now, Random values) {
    LiveOrder order = LiveOrder.of(id, values);
    try {
      upsert.setLong(1, id);
      upsert.setLong(2, order.customer());
      upsert.setString(3, order.status());
      upsert.setString(4, order.email());
      upsert.setString(5, order.city());
      upsert.setString(6, order.note());
      upsert.setBigDecimal(7, order.amount());
      upsert.setDouble(8, order.weight());
      upsert.setInt(9, order.quantity());
      upsert.setBoolean(10, order.gift());
      upsert.setObject(11, order.createdAt().atOffset(ZoneOffset.UTC));
      upsert.setObject(12, now.atOffset(ZoneOffset.UTC));
      upsert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot write to PostgreSQL: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot leave PostgreSQL: " + e.getMessage(), e);
    }
  }
}
