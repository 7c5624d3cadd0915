package org.beamlakehouse.io.iceberg;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * Connections to SQLite that break as those of a database server do: {@code
 * jdbc:unreliable:<path>}.
 */
public final class UnreliableDriver implements Driver {
  public static final String PREFIX = "jdbc:unreliable:";

  /** SQL's state for a connection that failed. */
  private static final String CONNECTION_FAILURE = "08006";

  private final List<Connection> open = new ArrayList<>();
  private boolean losesNextAnswer;
  private boolean away;

  /** Of the next change to a table's entry no answer comes: it is made, and the connection gone. */
  public void loseNextAnswer() {
    losesNextAnswer = true;
  }

  /** All connections break, as where the server starts again. */
  public void breakConnections() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
    open.clear();
  }

  /** All connections break, and there will be no others. */
  public void goAway() throws SQLException {
    breakConnections();
    away = true;
  }

  @Override
  public Connection connect(String url, Properties properties) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    if (away) {
      throw new SQLException("The connection was refused", "08001");
    }
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + url.substring(PREFIX.length()), properties);
    open.add(connection);
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          if (connection.isClosed() && method.getName().matches("prepareStatement|getMetaData")) {
            throw new SQLException("This connection has been closed", CONNECTION_FAILURE);
          }
          Object result = invoke(connection, method, arguments);
          boolean changes =
              result instanceof PreparedStatement
                  && arguments[0].toString().startsWith("UPDATE iceberg_tables");
          return changes ? unreliable(connection, (PreparedStatement) result) : result;
        });
  }

  private PreparedStatement unreliable(Connection connection, PreparedStatement statement) {
    return proxy(
        PreparedStatement.class,
        (proxy, method, arguments) -> {
          Object result = invoke(statement, method, arguments);
          if (losesNextAnswer && method.getName().equals("executeUpdate")) {
            losesNextAnswer = false;
            connection.close();
            throw new SQLException("An I/O error occurred", CONNECTION_FAILURE);
          }
          return result;
        });
  }

  private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            UnreliableDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }
}
