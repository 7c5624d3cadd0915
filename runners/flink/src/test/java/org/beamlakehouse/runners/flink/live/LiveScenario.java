package org.beamlakehouse.runners.flink.live;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.DebeziumConnector;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.PostgresServer;

/**
 * An application with tables in a schema of its own, and a lake that follows them; tells in the end
 * whether the lake has what the database has.
 */
final class LiveScenario {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final String schema;
  private final long seed;
  private final PostgresServer source;
  private final DebeziumConnector connector;
  private final KafkaBroker broker;
  private final List<SourceTable> tables;
  private final TestProject project;
  private Application application;

  /** What the rows of a table are, and how they are read. */
  private record Comparison(
      String what, Supplier<List<String>> expected, Supplier<List<String>> actual) {
    static Comparison of(String what, List<String> expected, Supplier<List<String>> actual) {
      return new Comparison(what, () -> expected, actual);
    }

    boolean holds() {
      return expected.get().equals(actual.get());
    }

    void check() {
      TableContents.assertSame(what, actual.get(), expected.get());
    }
  }

  /** A scenario whose databases and folders are named by a schema. */
  LiveScenario(
      String schema,
      long seed,
      Path folder,
      PostgresServer source,
      PostgresServer catalog,
      DebeziumConnector connector,
      KafkaBroker broker) {
    this.schema = schema;
    this.seed = seed;
    this.source = source;
    this.connector = connector;
    this.broker = broker;
    this.tables = SourceTable.all(schema);
    catalog.createDatabase(schema);
    this.project =
        LiveProject.create(
            folder.resolve(schema),
            catalog.url(schema),
            broker.bootstrapServers(),
            "live\\." + schema + "\\..*",
            tables);
  }

  TestProject project() {
    return project;
  }

  /** Begins to write, and to keep the log of it for the end. */
  Application begin() {
    source.execute("CREATE SCHEMA " + schema);
    source.publish(schema);
    source.createSlot(schema);
    application = Application.start(source, tables, seed);
    return application;
  }

  /**
   * Waits until something new has come to the lake.
   *
   * @param watch fails where waiting is in vain
   */
  void awaitCommit(Runnable watch) throws InterruptedException {
    int before = commits();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (commits() == before) {
      watch.run();
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "With seed " + seed + ": no commit in " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(200);
    }
  }

  private int commits() {
    return project.snapshots("silver." + tables.get(0).name()).size();
  }

  /**
   * Ends the writing, waits until the lake has all of it, and compares.
   *
   * @param watch fails where waiting is in vain
   * @return what there was to compare, for people
   */
  String endAndCompare(Runnable watch) throws Exception {
    long transactions = application.end();
    List<Comparison> comparisons = comparisons();
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (Comparison comparison : comparisons) {
        while (System.nanoTime() < end && !comparison.holds()) {
          watch.run();
          Thread.sleep(1_000);
        }
      }
      comparisons.forEach(Comparison::check);
      assertNothingIsPutAside();
    } catch (AssertionError e) {
      throw new AssertionError("With seed " + seed + " of " + schema + ": " + e.getMessage(), e);
    }
    Map<String, Integer> sizes = new LinkedHashMap<>();
    comparisons.forEach(one -> sizes.put(one.what(), one.expected().get().size()));
    return "seed " + seed + ", " + transactions + " transactions, rows " + sizes;
  }

  private List<Comparison> comparisons() throws SQLException {
    Map<String, WalHistory> histories = new LinkedHashMap<>();
    tables.forEach(table -> histories.put(table.qualified(), new WalHistory(table)));
    WalReader.read(source, schema, tables, change -> histories.get(change.table()).play(change));
    SourceRows database = new SourceRows(source);
    LakeRows lake = new LakeRows(project);
    List<Comparison> all = new ArrayList<>();
    for (SourceTable table : tables) {
      WalHistory history = histories.get(table.qualified());
      List<String> living = database.living(table);
      TableContents.assertSame(
          "the log of " + table.qualified(), SourceRows.living(history), living);
      String silver = "silver." + table.name();
      all.add(Comparison.of(silver, living, () -> lake.living(table, silver)));
      all.add(
          Comparison.of(
              "deleted rows of " + silver,
              SourceRows.deleted(table, history),
              () -> lake.deleted(table, silver)));
      if (table.hasHard()) {
        String hard = silver + LiveProject.HARD;
        all.add(Comparison.of(hard, living, () -> lake.all(table, hard)));
      }
      if (table.hasHistory()) {
        String versions = silver + LiveProject.HISTORY;
        all.add(
            Comparison.of(
                versions, SourceRows.versions(history), () -> lake.versions(table, versions)));
      }
    }
    all.add(Comparison.of(LiveProject.PRODUCT, database.product(tables.get(1)), lake::product));
    List<String> topics =
        tables.stream().map(table -> connector.topic(schema, table.name())).toList();
    all.add(
        new Comparison(
            LiveProject.BRONZE, () -> SourceRows.records(broker.topics(), topics), lake::bronze));
    return all;
  }

  private void assertNothingIsPutAside() {
    List<String> silver = new ArrayList<>();
    for (SourceTable table : tables) {
      silver.add(table.name());
      silver.add(table.name() + LiveProject.HARD);
      silver.add(table.name() + LiveProject.HISTORY);
    }
    List<String> aside =
        Stream.concat(
                Stream.of(LiveProject.BRONZE + "__dead_letter"),
                silver.stream().map(name -> "silver." + name + "__quarantine"))
            .filter(name -> project.exists(name) && !project.rows(name).isEmpty())
            .map(name -> name + " " + project.rows(name, "error").get(0))
            .toList();
    assertThat("what was put aside", aside, empty());
  }
}
