package org.beamlakehouse.io.internal.iceberg.catalog;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.iceberg.UnreliableDriver;
import org.beamlakehouse.io.internal.iceberg.side.AppendWithProgress;
import org.beamlakehouse.io.internal.iceberg.side.SideRow;
import org.beamlakehouse.io.internal.iceberg.side.SideRowWriter;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog whose database goes away neither harms a table nor stays unusable. */
class JdbcConnectionsTest {
  private static final String BRONZE = "bronze.shop";
  private static final String TABLE = SideTables.deadLetterOf(BRONZE);

  @TempDir Path folder;

  private final UnreliableDriver driver = new UnreliableDriver();
  private CatalogConfig catalog;
  private Table table;

  @BeforeEach
  void createTable() throws SQLException {
    DriverManager.registerDriver(driver);
    catalog =
        new CatalogConfig(
            "lakehouse",
            Map.of(
                "type",
                "jdbc",
                "uri",
                UnreliableDriver.PREFIX + folder.resolve("catalog.db"),
                "warehouse",
                folder.resolve("warehouse").toString()));
    table = SideTables.ensure(catalog, TABLE);
  }

  @AfterEach
  void forgetTheDriver() throws SQLException {
    DriverManager.deregisterDriver(driver);
  }

  @Test
  void aCommitWhoseAnswerIsLostIsNeitherUndoneNorMadeTwice() throws Exception {
    List<SideFile> files = files(1);
    driver.loseNextAnswer();
    assertThat("finds that it was made all the same", commit(files, 1), is(true));
    assertThat(rows(), is(1));

    assertThat("commits again", commit(files, 1), is(false));
    assertThat(rows(), is(1));
    assertThat("commits what comes next", commit(2), is(true));
    assertThat(rows(), is(2));
  }

  @Test
  void brokenConnectionsAreReplaced() throws Exception {
    driver.breakConnections();
    assertThat(commit(1), is(true));
    driver.breakConnections();
    assertThat(rows(), is(1));
  }

  @Test
  void aDatabaseThatIsAwayIsToldWithoutItsAddress() throws Exception {
    driver.goAway();
    CatalogConfig other = new CatalogConfig("other", catalog.properties());
    for (CatalogConfig config : List.of(catalog, other)) {
      StringWriter trace = new StringWriter();
      assertThrows(RuntimeException.class, () -> Catalogs.exists(config, TABLE))
          .printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString(), containsString("Cannot use the catalog: its database "));
      assertThat(trace.toString(), not(containsString(UnreliableDriver.PREFIX)));
    }
  }

  @Test
  void aLockIsWaitedForAsLongAsABroker() throws Exception {
    assertThat(busyTimeout(Map.of()), is("60000"));
    assertThat(busyTimeout(Map.of("jdbc.busy_timeout", "5")), is("5"));
  }

  private String busyTimeout(Map<String, String> properties) throws Exception {
    Map<String, String> all = new TreeMap<>(properties);
    all.put("uri", "jdbc:sqlite:" + folder.resolve("other.db"));
    try (JdbcConnections connections = new JdbcConnections(Catalogs.withEmbeddedDefaults(all))) {
      return connections.run(
          connection -> {
            try (var statement = connection.createStatement();
                var rows = statement.executeQuery("PRAGMA busy_timeout")) {
              return rows.getString(1);
            }
          },
          false);
    }
  }

  private boolean commit(long sequence) {
    return commit(files(sequence), sequence);
  }

  private boolean commit(List<SideFile> files, long sequence) {
    return AppendWithProgress.commit(
        table, files, BRONZE, new Progress.Position(100 + sequence, sequence));
  }

  private List<SideFile> files(long sequence) {
    SideRowWriter writer = SideRowWriter.open(table, sequence);
    RawRecord record =
        RawRecord.of("shop", new byte[] {1}, null, SourcePosition.inFile("f", 0), Instant.EPOCH);
    writer.write(SideRow.of(record, null, "error", Instant.EPOCH, "1.0", "run-1"));
    return writer.close();
  }

  private int rows() throws Exception {
    int rows = 0;
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(Catalogs.load(catalog, TABLE)).build()) {
      for (Record record : records) {
        rows += record == null ? 0 : 1;
      }
    }
    return rows;
  }
}
