package org.beamlakehouse.testing.servers;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * PostgreSQL 17 with logical decoding: a source of changes, or the database of an Iceberg catalog.
 * It runs on Linux and macOS, also where the tests run as root; it needs PostgreSQL's JDBC driver
 * on the class path of the tests.
 *
 * <p>It does not wait for disks: what was committed survives {@link #kill}, but not the machine's
 * failure. Not safe for use by several threads.
 */
public final class PostgresServer extends RestartableServer {
  private static final String NAME = "postgres";
  private static final String USER = "postgres";

  // Runs the command, and kills it when standard input ends.
  private static final String WATCH =
      "exec 3<&0; \"$@\" & server=$!; (cat <&3 >/dev/null; kill -9 $server 2>/dev/null) & wait $server";

  private final Map<String, String> settings;
  private Path binaries;
  private int port;

  private PostgresServer(Map<String, String> settings) {
    super("PostgreSQL");
    this.settings = settings;
  }

  /** A server to be started. */
  public static PostgresServer create() {
    return new PostgresServer(Map.of());
  }

  /** The same server with one of PostgreSQL's settings. */
  public PostgresServer withSetting(String key, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(key, value);
    return new PostgresServer(all);
  }

  @Override
  void prepare() {
    binaries = PostgresBinaries.folder();
    port = Ports.free();
    checkDriver();
    ServerProcess.command(
            NAME,
            folder(),
            program(
                "initdb",
                "--pgdata=" + data(),
                "--username=" + USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"))
        .awaitEnd();
  }

  private void checkDriver() {
    try {
      DriverManager.getDriver(url());
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Cannot start PostgreSQL: its JDBC driver is missing; add org.postgresql:postgresql to"
              + " the tests",
          e);
    }
  }

  @Override
  ServerProcess launch() {
    List<String> command = new ArrayList<>(List.of("sh", "-c", WATCH, NAME));
    command.addAll(program("postgres", "-D", data()));
    Map<String, String> all = new TreeMap<>();
    all.put("port", Integer.toString(port));
    all.put("listen_addresses", Ports.LOOPBACK);
    all.put("unix_socket_directories", "");
    all.put("wal_level", "logical");
    all.put("fsync", "off");
    all.put("shared_buffers", "32MB");
    all.putAll(settings);
    all.forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
    return ServerProcess.command(NAME, folder(), command);
  }

  /** PostgreSQL refuses to run as root: it runs in a namespace then where nobody is. */
  private List<String> program(String name, String... arguments) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(binaries.resolve(name).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private String data() {
    return folder().resolve("data").toString();
  }

  @Override
  boolean answers() {
    try (Connection connection = connect()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** The host that it listens at. */
  public String host() {
    return Ports.LOOPBACK;
  }

  /** The port that it listens at, the same after a restart. */
  public int port() {
    return port;
  }

  /** The superuser, who needs no password. */
  public String user() {
    return USER;
  }

  /** JDBC address of the database {@code postgres}, user included. */
  public String url() {
    return url("postgres");
  }

  /** JDBC address of a database, user included. */
  public String url(String database) {
    return "jdbc:postgresql://" + host() + ":" + port + "/" + database + "?user=" + USER;
  }

  /** A new connection to the database {@code postgres}. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  /**
   * Runs statements in one transaction.
   *
   * @throws IllegalStateException where one of them fails; none has an effect then
   */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot run in PostgreSQL: " + e.getMessage(), e);
    }
  }

  /**
   * The rows of a query, their columns separated by tabs, as PostgreSQL writes them; {@code null}
   * for SQL's null.
   */
  public List<String> rows(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(result.getString(i));
        }
        rows.add(String.join("\t", columns.stream().map(String::valueOf).toList()));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot query PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** Creates an empty database. */
  public void createDatabase(String name) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot create a database: " + e.getMessage(), e);
    }
  }

  /**
   * Publishes all changes of tables, truncates included.
   *
   * @param publication its name
   * @param tables with their schema where it is not {@code public}; none for all tables there are
   *     and will be
   */
  public void publish(String publication, String... tables) {
    execute(
        "CREATE PUBLICATION "
            + publication
            + (tables.length == 0
                ? " FOR ALL TABLES"
                : " FOR TABLE " + String.join(", ", Stream.of(tables).toList())));
  }

  /**
   * Creates a replication slot of {@code pgoutput}: it keeps every change from now on until it was
   * read.
   */
  public void createSlot(String slot) {
    // Not within a transaction that has written.
    rows("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
  }
}
