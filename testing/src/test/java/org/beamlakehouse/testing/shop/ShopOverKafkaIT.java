package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.examples.shop.ShopGenerator;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.kafka.Messages;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The sample shop with its records in topics: silver and gold are what they are from files. */
class ShopOverKafkaIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  private static final double SCALE = 0.05;
  private static final int PARTITIONS = 3;
  private static final String VARS = "--vars=run_date=" + ShopGenerator.RUN_DATE;

  @Test
  void givesTheTablesThatWereComputedPlainly(@TempDir Path folder) throws IOException {
    Path generated = folder.resolve("generated");
    ShopGenerator.generate(generated, SCALE);
    List<List<String>> changes = partitions(ShopFiles.lines(generated.resolve("data/cdc")));
    List<List<String>> events = partitions(ShopFiles.lines(generated.resolve("data/events")));
    // Records of the same place in the order of changes are ordered by partition, then by offset.
    ExpectedShop expected =
        ExpectedShop.of(flat(changes), flat(events), LocalDate.parse(ShopGenerator.RUN_DATE));
    TestProject shop = project(folder.resolve("shop"));
    KAFKA.topics().create("changes", PARTITIONS);
    KAFKA.topics().create("events", PARTITIONS);
    for (int half = 0; half < 2; half++) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        send("changes", partition, changes.get(partition), half);
        send("events", partition, events.get(partition), half);
      }
      shop.run(VARS).done();
    }

    for (String table : expected.tableNames()) {
      List<Map<String, Object>> rows = expected.rows(table);
      String[] columns = rows.get(0).keySet().toArray(new String[0]);
      TableContents.assertSame(
          table,
          TableContents.sorted(shop.rows(table, columns), Set.of()),
          TableContents.sorted(rows, Set.of()));
    }
    for (String table : List.of("silver.customers", "silver.orders", "silver.user_events")) {
      int aside =
          shop.exists(table + "__quarantine") ? shop.rows(table + "__quarantine").size() : 0;
      assertThat(table, aside, is(expected.quarantined(table)));
    }
    for (String source : List.of("shop_cdc", "shop_events")) {
      assertThat(source, shop.rows("bronze." + source).size(), is(expected.lines(source)));
    }
    assertThat(shop.run(VARS).done().out(), containsString("Nothing to do"));
  }

  private static List<List<String>> partitions(List<String> lines) {
    List<List<String>> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(new ArrayList<>());
    }
    for (int i = 0; i < lines.size(); i++) {
      partitions.get(i * 7 % 11 % PARTITIONS).add(lines.get(i));
    }
    return partitions;
  }

  private static List<String> flat(List<List<String>> partitions) {
    return partitions.stream().flatMap(List::stream).toList();
  }

  private static void send(String topic, int partition, List<String> lines, int half) {
    int size = lines.size();
    Messages.send(
        KAFKA.topics(), topic, partition, lines.subList(size * half / 2, size * (half + 1) / 2));
  }

  private static TestProject project(Path folder) throws IOException {
    TestProject shop =
        TestProject.create(folder)
            .kafkaSource("shop_cdc", "debezium-json", KAFKA.bootstrapServers(), "topics: [changes]")
            .kafkaSource("shop_events", "json", KAFKA.bootstrapServers(), "topics: [events]");
    for (String part : List.of("contracts", "gold")) {
      for (Path file : ShopFiles.files(ShopFiles.sample().resolve(part))) {
        shop.file(part + "/" + file.getFileName(), Files.readString(file));
      }
    }
    return shop;
  }
}
