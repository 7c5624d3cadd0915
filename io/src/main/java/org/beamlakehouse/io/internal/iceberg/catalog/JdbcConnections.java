package org.beamlakehouse.io.internal.iceberg.catalog;

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

  /** Classes of drivers that are not in our jars. */
  private static final Map<String, String> DRIVERS =
      Map.of(
          "mysql", "com.mysql.cj.jdbc.Driver",
          "mariadb", "org.mariadb.jdbc.Driver",
          "sqlserver", "com.microsoft.sqlserver.jdbc.SQLServerDriver",
          "oracle", "oracle.jdbc.OracleDriver",
          "h2", "org.h2.Driver",
          "duckdb", "org.duckdb.DuckDBDriver");

  private final String uri;

  JdbcConnections(Map<String, String> properties) {
    super(properties.get(CatalogProperties.URI), properties);
    this.uri = String.valueOf(properties.get(CatalogProperties.URI));
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
      SQLException cause = (SQLException) e.getCause();
      if (String.valueOf(cause.getMessage()).startsWith("No suitable driver")) {
        throw new UncheckedSQLException(cause, "%s", noDriver());
      }
      throw new UncheckedSQLException(
          cause,
          "Cannot use the catalog: its database cannot be connected to; check catalog.uri, or run"
              + " again when the database answers");
    }
  }

  private String noDriver() {
    String database = uri.startsWith("jdbc:") ? uri.split(":", 3)[1] : "";
    if (database.isEmpty()) {
      return "Cannot use the catalog: catalog.uri is no JDBC URL; write for example"
          + " jdbc:postgresql://host/database";
    }
    String driver = DRIVERS.get(database);
    return String.format(
        "Cannot use the catalog: there is no JDBC driver for jdbc:%s%s; name its jar in"
            + " LAKEHOUSE_CLASSPATH, or add it to the class path of the cluster",
        database, driver == null ? "" : " (" + driver + ")");
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
