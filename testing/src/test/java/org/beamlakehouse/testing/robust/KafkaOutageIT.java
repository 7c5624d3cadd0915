package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.kafka.Messages;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that is away holds back neither a stream nor its other sources. */
class KafkaOutageIT {
  @RegisterExtension static final KafkaBroker STEADY = KafkaBroker.create();
  @RegisterExtension static final KafkaBroker SHAKY = KafkaBroker.create();

  private static final long LONGEST_MILLIS = 600_000;

  @TempDir Path folder;

  private ChildRun run;

  @AfterEach
  void end() throws InterruptedException {
    run.kill();
  }

  @Test
  void aStreamGoesOnWithoutTheSourceThatIsAwayAndTakesItUpAgain() throws Exception {
    TestProject project =
        TestProject.create(folder.resolve("project"))
            .file("lakehouse.yaml", "name: test\ncommitInterval: 1s\nsources:\n")
            .kafkaSource("steady", "json", STEADY.bootstrapServers(), "topics: [steady]")
            .kafkaSource(
                "shaky",
                "json",
                SHAKY.bootstrapServers(),
                "topics: [shaky]",
                "kafka: {default.api.timeout.ms: 3000, request.timeout.ms: 1500}");
    STEADY.topics().create("steady", 1);
    SHAKY.topics().create("shaky", 1);
    send(STEADY, "steady");
    send(SHAKY, "shaky");
    Path output = folder.resolve("output.txt");
    run = ChildRun.start(project.folder(), output, "--mode=continuous");
    await(project, "steady", 1);
    await(project, "shaky", 1);

    SHAKY.kill();
    for (int message = 2; message <= 4; message++) {
      send(STEADY, "steady");
      await(project, "steady", message);
      // Longer than a question to the other cluster may take.
      run.ends(2_000);
    }
    assertThat(Files.readString(output), containsString("source shaky"));
    SHAKY.restart();
    send(SHAKY, "shaky");
    await(project, "shaky", 2);
    run.assertAlive();
  }

  private static void send(KafkaBroker broker, String topic) {
    broker.topics().send(List.of(Messages.message(topic, 0, null, "{\"id\":1}")));
  }

  private void await(TestProject project, String source, int records) throws Exception {
    String table = "bronze." + source;
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (System.currentTimeMillis() < end && run.isAlive() && rows(project, table) < records) {
      run.ends(100);
    }
    assertThat(Files.readString(folder.resolve("output.txt")), rows(project, table), is(records));
  }

  private static int rows(TestProject project, String table) {
    return project.exists(table) ? project.rows(table).size() : 0;
  }
}
