package org.beamlakehouse.io.iceberg;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcClientPool;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/**
 * The connections of a JDBC catalog. One that broke while it was idle is replaced before it is
 * used; where one breaks under a statement, that is an error, and nothing is done twice.
 *
 * <p>Iceberg's own pool repeats a statement whose connection broke. A commit whose answer alone was
 * lost then finds the table changed, takes its own change for somebody else's, and deletes the
 * manifests of a snapshot that the table has.
 */
final class JdbcConnections extends JdbcClientPool {
  private static final int PATIENCE_SECONDS = 10;

  JdbcConnections(Map<String, String> properties) {
    super(properties.get(CatalogProperties.URI), properties);
  }

  @Override
  public <R> R run(Action<R, Connection, SQLException> action, boolean retry)
      throws SQLException, InterruptedException {
    AtomicReference<SQLException> failure = new AtomicReference<>();
    try {
      return super.run(
          connection -> {
            if (!connection.isValid(PATIENCE_SECONDS)) {
              throw new BrokenConnectionException();
            }
            try {
              return action.run(connection);
            } catch (SQLException e) {
              failure.set(e);
              throw e;
            }
          },
          true);
    } catch (BrokenConnectionException e) {
      // Of what happens on the connection that replaces another the pool tells nothing.
      throw failure.get() == null ? e : failure.get();
    }
  }

  /** Unlike the pool's own, its failure does not tell the address, which may hold a password. */
  @Override
  protected Connection newClient() {
    try {
      return super.newClient();
    } catch (UncheckedSQLException e) {
      throw new UncheckedSQLException(
          (SQLException) e.getCause(),
          "Cannot use the catalog: its database cannot be connected to; check catalog.uri, or run"
              + " again when the database answers");
    }
  }

  @Override
  protected boolean isConnectionException(Exception e) {
    return e instanceof BrokenConnectionException;
  }

  /** A connection was found broken before anything was done with it. */
  private static final class BrokenConnectionException extends SQLNonTransientConnectionException {
    private static final long serialVersionUID = 1L;

    BrokenConnectionException() {
      super("Cannot use the catalog: its database does not answer; run again when it does");
    }
  }
}
