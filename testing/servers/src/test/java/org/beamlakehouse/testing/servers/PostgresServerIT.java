package org.beamlakehouse.testing.servers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server keeps what was committed, and what its slots still have to tell, over kills. */
class PostgresServerIT {
  @RegisterExtension
  static final PostgresServer POSTGRES =
      PostgresServer.create().withSetting("max_connections", "30");

  @Test
  void keepsCommittedRowsOverKills() throws Exception {
    POSTGRES.execute("CREATE TABLE kept (id int PRIMARY KEY)", "INSERT INTO kept VALUES (1)");

    for (int round = 2; round < 4; round++) {
      try (Connection open = POSTGRES.connect();
          Statement statement = open.createStatement()) {
        open.setAutoCommit(false);
        statement.execute("INSERT INTO kept VALUES (100)");
        POSTGRES.kill();
      }
      POSTGRES.restart();
      POSTGRES.execute("INSERT INTO kept VALUES (" + round + ")");
    }

    assertThat(POSTGRES.rows("SELECT id FROM kept ORDER BY id"), contains("1", "2", "3"));
  }

  @Test
  void keepsChangesForASlotOverKills() {
    POSTGRES.execute("CREATE TABLE published (id int PRIMARY KEY, note text)");
    POSTGRES.publish("all_of_it", "published");
    POSTGRES.createSlot("reader");
    POSTGRES.execute("INSERT INTO published VALUES (1, null)", "TRUNCATE published");

    POSTGRES.kill();
    POSTGRES.restart();

    List<String> kinds =
        POSTGRES.rows(
            "SELECT chr(get_byte(data, 0)) FROM pg_logical_slot_peek_binary_changes("
                + "'reader', null, null, 'proto_version', '1', 'publication_names', 'all_of_it')"
                + " WHERE get_byte(data, 0) <> ascii('R')");
    // Begin, insert, truncate, commit; descriptions of the table left out.
    assertThat(kinds, contains("B", "I", "T", "C"));
  }

  @Test
  void hasTheGivenSettings() {
    assertThat(POSTGRES.rows("SHOW max_connections"), contains("30"));
  }

  @Test
  void holdsFurtherDatabases() throws Exception {
    POSTGRES.createDatabase("catalog");

    try (Connection connection = DriverManager.getConnection(POSTGRES.url("catalog"))) {
      assertThat(connection.getCatalog(), is("catalog"));
    }
  }
}
