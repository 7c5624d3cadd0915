package org.beamlakehouse.runners.flink.live;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.beamlakehouse.testing.servers.PostgresServer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes to tables at random until it is ended: two sessions at a time, each in transactions of
 * some statements, some of which are taken back. A database that is away is waited for.
 */
final class Application implements AutoCloseable {
  private static final int SESSIONS = 2;
  private static final int MOST_STATEMENTS = 5;
  private static final int LONGEST_PAUSE_MILLIS = 150;

  /** Deadlocks and races for a key happen to applications; so does the end of a connection. */
  private static final String EXPECTED = "40P01|23505|08.*|57P.*";

  private final PostgresServer server;
  private final List<SourceTable> tables;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong transactions = new AtomicLong();
  private volatile boolean ended;
  private volatile @Nullable SQLException failure;
  private volatile boolean columnsAdded;

  private Application(PostgresServer server, List<SourceTable> tables) {
    this.server = server;
    this.tables = tables;
  }

  /** Creates the tables and begins to write. */
  static Application start(PostgresServer server, List<SourceTable> tables, long seed) {
    for (SourceTable table : tables) {
      server.execute(table.ddl().toArray(new String[0]));
    }
    Application application = new Application(server, tables);
    for (int i = 0; i < SESSIONS; i++) {
      Random random = new Random(seed + i);
      Thread thread = new Thread(() -> application.write(random), "application-" + i);
      thread.setDaemon(true);
      application.threads.add(thread);
      thread.start();
    }
    return application;
  }

  /** Gives each table a column that no contract knows; the database must not be away. */
  void addColumns() {
    for (SourceTable table : tables) {
      server.execute(table.addColumn());
    }
    columnsAdded = true;
  }

  /** Ends all sessions, with a row in each table; gives how many transactions were committed. */
  long end() throws SQLException, InterruptedException {
    ended = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure != null) {
      throw failure;
    }
    for (SourceTable table : tables) {
      server.execute(new RandomStatement(table, new Random(), columnsAdded).insertLast());
    }
    return transactions.get();
  }

  @Override
  public void close() {
    ended = true;
  }

  private void write(Random random) {
    while (!ended) {
      try (Connection connection = server.connect()) {
        connection.setAutoCommit(false);
        while (!ended) {
          transaction(connection, random);
          Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
        }
      } catch (SQLException e) {
        if (!String.valueOf(e.getSQLState()).matches(EXPECTED)) {
          failure = e;
          return;
        }
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LONGEST_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void transaction(Connection connection, Random random) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int statements = 1 + random.nextInt(MOST_STATEMENTS);
      for (int i = 0; i < statements; i++) {
        if (random.nextInt(15) == 0) {
          Savepoint savepoint = connection.setSavepoint();
          statement.execute(sql(random));
          connection.rollback(savepoint);
        } else {
          statement.execute(sql(random));
        }
      }
      if (random.nextInt(12) == 0) {
        connection.rollback();
      } else {
        connection.commit();
        transactions.incrementAndGet();
      }
    }
  }

  private String sql(Random random) {
    SourceTable table = tables.get(random.nextInt(tables.size()));
    return new RandomStatement(table, random, columnsAdded).sql();
  }
}
