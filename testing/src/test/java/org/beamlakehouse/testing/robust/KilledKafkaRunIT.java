package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
 * Runs that read Kafka while they are killed, while others read the same, and while the broker is
 * away, end with every message once.
 */
class KilledKafkaRunIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  private static final int KILLS = Integer.getInteger("lakehouse.test.kafkaKills", 2);
  private static final int PARTITIONS = 3;
  private static final long SEED = 20_261_122L;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final ItemBatches batches = new ItemBatches(SEED);
  private final List<ChildRun> started = new ArrayList<>();

  @AfterEach
  void killWhatIsLeft() throws InterruptedException {
    for (ChildRun run : started) {
      run.kill();
    }
  }

  private TestProject project(String name, String topic) {
    return TestProject.create(folder.resolve(name))
        .kafkaSource(
            "items_cdc", "debezium-json", KAFKA.bootstrapServers(), "topics: [" + topic + "]")
        .contract(
            "items",
            Contracts.of(
                "items",
                "items_cdc",
                "- {property: sourceTable, value: public.items}",
                "",
                """
                - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                - {name: color, logicalType: string}
                - {name: size, logicalType: integer, physicalType: int}
                """));
  }

  private void send(String topic) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String change : batches.next().changes()) {
      records.add(Messages.message(topic, random.nextInt(PARTITIONS), null, change));
    }
    KAFKA.topics().send(records);
  }

  private ChildRun start(TestProject project) throws IOException {
    ChildRun run =
        ChildRun.start(project.folder(), folder.resolve("output-" + started.size() + ".txt"));
    started.add(run);
    return run;
  }

  private void assertEveryMessageOnce(TestProject project, String topic) {
    TableContents.assertSame(
        "bronze.items_cdc",
        Messages.in(project, "bronze.items_cdc"),
        Messages.of(KAFKA.topics(), topic));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
    TestProject undisturbed = project("undisturbed", topic);
    undisturbed.run().done();
    TableContents.assertSame(
        "silver.items",
        TableContents.of(project, "silver.items"),
        TableContents.of(undisturbed, "silver.items"));
  }

  @Test
  void killedRunsLeaveEveryMessageOnce() throws Exception {
    String topic = "killed";
    KAFKA.topics().create(topic, PARTITIONS);
    TestProject project = project("killed", topic);
    send(topic);
    start(project).succeed();
    send(topic);
    // The first run creates the tables, the second is like all that follow.
    long before = System.nanoTime();
    start(project).succeed();
    int millis = (int) ((System.nanoTime() - before) / 1_000_000);
    int kills = 0;
    for (int attempt = 0; attempt < 5 * KILLS && kills < KILLS; attempt++) {
      send(topic);
      ChildRun run = start(project);
      run.ends(millis / 4 + random.nextInt(millis * 2 / 3));
      kills += run.kill() ? 1 : 0;
    }
    assertThat("runs that were killed", kills, is(KILLS));
    start(project).succeed();
    assertEveryMessageOnce(project, topic);
  }

  @Test
  void runsAtTheSameTimeLeaveEveryMessageOnce() throws Exception {
    String topic = "together";
    KAFKA.topics().create(topic, PARTITIONS);
    TestProject project = project("together", topic);
    send(topic);
    start(project).succeed();
    for (int round = 0; round < 2; round++) {
      send(topic);
      ChildRun one = start(project);
      one.ends(random.nextInt(1_000));
      send(topic);
      ChildRun other = start(project);
      one.succeed();
      other.succeed();
    }
    assertEveryMessageOnce(project, topic);
  }

  @Test
  void aRunWaitsForABrokerThatComesBack() throws Exception {
    String topic = "broker";
    KAFKA.topics().create(topic, PARTITIONS);
    TestProject project = project("broker", topic);
    send(topic);
    KAFKA.kill();
    ChildRun run = start(project);
    run.ends(3_000);
    assertThat("the run waits", run.isAlive(), is(true));
    KAFKA.restart();
    run.succeed();
    assertEveryMessageOnce(project, topic);
  }
}
