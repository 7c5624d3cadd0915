package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.kafka.Messages;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that never ends gives the rows of runs that do, also where it is killed by SIGKILL at any
 * time and started again: the same input as a stream, in scheduled increments, in one batch and in
 * one from bronze.
 */
class ContinuousRunIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  private static final int KILLS = Integer.getInteger("lakehouse.test.continuousKills", 2);
  private static final int BATCHES = 4 * KILLS;
  private static final long LONGEST_MILLIS = 600_000;
  private static final long SEED = 20_261_123L;

  private static final List<String> TABLES =
      List.of(
          "silver.items",
          "silver.items_hard",
          "silver.items_history",
          "silver.events",
          "gold.users",
          "bronze.items_cdc__dead_letter",
          "silver.items__quarantine",
          "silver.events__quarantine");

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final List<ChildRun> started = new ArrayList<>();

  @AfterEach
  void killWhatIsLeft() throws InterruptedException {
    for (ChildRun run : started) {
      run.kill();
    }
  }

  @Test
  void streamIncrementsOneBatchAndOneFromBronzeGiveTheSameRows() throws Exception {
    TestProject stream = commitsOften(ItemProject.create(folder.resolve("stream")));
    TestProject increments = ItemProject.create(folder.resolve("increments"));
    TestProject batch = ItemProject.create(folder.resolve("batch"));
    ItemBatches batches = new ItemBatches(SEED);
    List<ItemBatches.Batch> given = new ArrayList<>();
    ChildRun run = null;
    for (int number = 0; number < BATCHES; number++) {
      ItemBatches.Batch next = batches.next();
      given.add(next);
      ItemProject.write(increments, number, next);
      ItemProject.write(batch, number, next);
      increments.run().done();
      ItemProject.write(stream, number, next);
      if (number % 4 == 0) {
        // The first files come before the run, the next while it starts, works and waits.
        run = start(stream);
      }
      run.ends(random.nextInt(3_000));
      if (number % 4 == 3) {
        run.killAlive();
      }
    }
    batch.run().done();
    run = start(stream);
    awaitSame(run, stream, batch);

    run.killAlive();
    ItemProject.assertBronzeHasEachLineOnce(stream, given);
    for (String table : TABLES) {
      assertThat(table, batch.rows(table), not(empty()));
      TableContents.assertSame(
          table, TableContents.of(stream, table), TableContents.of(batch, table));
      TableContents.assertSame(
          table, TableContents.of(increments, table), TableContents.of(batch, table));
    }
    stream.run("--full-refresh").done();
    RecordedRuns.assertCompleteAndSingle(stream);
    for (String table : TABLES) {
      TableContents.assertSame(
          table + " from bronze", TableContents.of(stream, table), TableContents.of(batch, table));
    }
  }

  @Test
  void readsTopicsOnAsTheyGrow() throws Exception {
    String topic = "growing";
    KAFKA.topics().create(topic, 2);
    TestProject stream = commitsOften(kafkaProject("stream", topic));
    ItemBatches batches = new ItemBatches(SEED);
    ChildRun run = start(stream);
    for (int number = 0; number < 4; number++) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (String change : batches.next().changes()) {
        records.add(Messages.message(topic, random.nextInt(2), null, change));
      }
      int before = stream.snapshots("bronze.items_cdc").size();
      KAFKA.topics().send(records);
      await(run, () -> stream.snapshots("bronze.items_cdc").size() > before);
      run.assertAlive();
      if (number == 1) {
        // Silver may or may not have what bronze has.
        run.killAlive();
        run = start(stream);
      }
    }
    TestProject batch = kafkaProject("batch", topic);
    batch.run().done();
    awaitSame(run, stream, batch, "silver.items");

    run.killAlive();
    TableContents.assertSame(
        "bronze.items_cdc",
        Messages.in(stream, "bronze.items_cdc"),
        Messages.of(KAFKA.topics(), topic));
    assertThat("commits", stream.snapshots("bronze.items_cdc"), hasSize(greaterThanOrEqualTo(4)));
  }

  private TestProject kafkaProject(String name, String topic) {
    return TestProject.create(folder.resolve(name))
        .kafkaSource(
            "items_cdc", "debezium-json", KAFKA.bootstrapServers(), "topics: [" + topic + "]")
        .contract("items", ItemProject.itemsContract("items", 1, "soft"));
  }

  private static TestProject commitsOften(TestProject project) throws IOException {
    String settings = Files.readString(project.folder().resolve("lakehouse.yaml"));
    return project.file("lakehouse.yaml", "commitInterval: 1s\n" + settings);
  }

  private ChildRun start(TestProject project) throws IOException {
    ChildRun run =
        ChildRun.start(
            project.folder(),
            folder.resolve("output-" + started.size() + ".txt"),
            "--mode=continuous");
    started.add(run);
    return run;
  }

  private static void awaitSame(ChildRun run, TestProject stream, TestProject batch)
      throws Exception {
    awaitSame(run, stream, batch, TABLES.toArray(new String[0]));
  }

  /** Waits until tables have the rows that they must have; what is wrong is asserted later. */
  private static void awaitSame(
      ChildRun run, TestProject stream, TestProject batch, String... tables) throws Exception {
    for (String table : tables) {
      await(
          run,
          () ->
              stream.exists(table)
                  && TableContents.of(stream, table).equals(TableContents.of(batch, table)));
    }
  }

  /** Waits for a condition while a run goes on, but not for ever. */
  private static void await(ChildRun run, BooleanSupplier condition) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (System.currentTimeMillis() < end && run.isAlive() && !condition.getAsBoolean()) {
      run.ends(200);
    }
  }
}
