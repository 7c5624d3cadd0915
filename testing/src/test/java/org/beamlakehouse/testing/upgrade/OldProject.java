package org.beamlakehouse.testing.upgrade;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.kafka.Messages;
import org.beamlakehouse.testing.servers.KafkaTopics;

/**
 * A small project whose warehouse another version made: every kind of table, in several steps of
 * which the first ones are taken in by that version. Every value is told, so that no version has
 * reason to read it in another way.
 */
final class OldProject {
  /** Steps that the other version took in. */
  static final int OLD_STEPS = 3;

  /** Steps in all. */
  static final int STEPS = 4;

  static final String TOPIC = "stock";
  static final int PARTITIONS = 2;

  private static final Instant DAY = Instant.parse("2026-01-10T08:00:00Z");

  private final TestProject project;

  private OldProject(TestProject project) {
    this.project = project;
  }

  /** The files of the project, without data. */
  static OldProject define(Path folder, String bootstrapServers) {
    TestProject project =
        TestProject.create(folder)
            .source("shop", "debezium-json", "data/shop/*.jsonl")
            .source("kinds", "json", "data/kinds/*.jsonl")
            .source("clicks", "json", "data/clicks/*.jsonl")
            .source("prices", "json", "data/prices/*.jsonl")
            .kafkaSource("stock", "json", bootstrapServers, "topics: [" + TOPIC + "]");
    for (String name : List.of("shop", "kinds", "clicks", "prices", "stock")) {
      project.contract(name, resource(name + ".odcs.yaml"));
    }
    for (String name : List.of("clicks_by_day", "customers_by_city")) {
      project.gold(name, resource(name + ".sql"));
    }
    return new OldProject(project);
  }

  /** The text of a file beside the warehouse. */
  private static String resource(String name) {
    try (var in = OldProject.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestProject project() {
    return project;
  }

  /** Puts the data of a step into the project's folders. */
  void deliverFiles(int step) {
    Instant written = DAY.plusSeconds(3600L * step);
    data(step)
        .forEach(
            (source, lines) -> {
              String path = "data/" + source + "/" + step + ".jsonl";
              project.lines(path, lines);
              try {
                Files.setLastModifiedTime(project.folder().resolve(path), FileTime.from(written));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Sends the messages of a step. */
  static void send(KafkaTopics topics, int step) {
    List<ProducerRecord<byte[], byte[]>> messages = new ArrayList<>();
    long at = DAY.plusSeconds(3600L * step).toEpochMilli();
    List<String> values = stock(step);
    for (int i = 0; i < values.size(); i++) {
      messages.add(
          new ProducerRecord<>(TOPIC, i % PARTITIONS, at, null, Messages.bytes(values.get(i))));
    }
    topics.send(messages);
  }

  private static Map<String, List<String>> data(int step) {
    Map<String, List<String>> data = new LinkedHashMap<>();
    data.put("shop", shop(step));
    data.put("kinds", kinds(step));
    data.put("clicks", clicks(step));
    data.put("prices", prices(step));
    return data;
  }

  private static List<String> stock(int step) {
    return switch (step) {
      case 0 -> List.of(stock(1, 1, 10), stock(2, 1, 20), stock(3, 1, 30));
      case 1 -> List.of(stock(1, 3, 12), "{broken", stock(2, 2, 22), stock(3, 3, 33));
      case 2 -> List.of(stock(4, 1, 40));
      // The first is older than what the other version has seen.
      default -> List.of(stock(1, 2, 11), stock(4, 2, 44), stock(5, 1, 50));
    };
  }

  private static String stock(int id, int version, int pieces) {
    return "{\"id\":%d,\"version\":%d,\"pieces\":%d}".formatted(id, version, pieces);
  }

  private static List<String> shop(int step) {
    return switch (step) {
      case 0 ->
          List.of(
              change("customers", 100, "c", customer(1, "Ann", "Rome", "long text")),
              change("customers", 101, "c", customer(2, "Bob", "Bonn", "b")),
              change("customers", 102, "c", customer(3, "Cem", "Bonn", "c")),
              change("accounts", 110, "c", account(1, "10.25")),
              change("accounts", 111, "c", account(2, "20.50")),
              change("accounts", 112, "c", account(3, "30.75")),
              change("tiers", 120, "c", tier(1, "gold")),
              change("tiers", 121, "c", tier(2, "iron")),
              "{\"op\":",
              change(
                  "customers", 103, "c", "{\"id\":4,\"name\":5,\"city\":\"Oslo\",\"note\":\"n\"}"));
      case 1 ->
          List.of(
              change(
                  "customers",
                  200,
                  "u",
                  customer(1, "Anna", "Rome", "__debezium_unavailable_value")),
              deleted("customers", 202, 2),
              // Of a history, a change that confirms what was and may be split later.
              change("tiers", 220, "u", tier(1, "gold")),
              change("tiers", 230, "u", tier(1, "tin")),
              deleted("tiers", 240, 2),
              deleted("tiers", 241, 7),
              // Nothing of these rows is left to be seen, but that they are deleted.
              deleted("accounts", 250, 2),
              deleted("accounts", 251, 9));
      // What was there before: nothing changes but the progress.
      case 2 ->
          List.of(
              change("customers", 100, "c", customer(1, "Ann", "Rome", "long text")),
              change("accounts", 110, "c", account(1, "10.25")),
              "not JSON",
              change(
                  "customers",
                  105,
                  "c",
                  "{\"id\":null,\"name\":\"E\",\"city\":\"E\",\"note\":\"n\"}"));
      default ->
          List.of(
              // Older than what is deleted.
              change("customers", 150, "u", customer(2, "Bobby", "Bonn", "bb")),
              change("accounts", 240, "u", account(2, "21.00")),
              change("accounts", 241, "c", account(9, "90.00")),
              change("tiers", 239, "u", tier(2, "wood")),
              // Splits what was confirmed at 220, and what came before a delete of an unknown row.
              change("tiers", 150, "u", tier(1, "tin")),
              change("tiers", 160, "u", tier(7, "zinc")),
              change(
                  "customers",
                  300,
                  "u",
                  customer(1, "Anne", "Rome", "__debezium_unavailable_value")),
              change("customers", 301, "c", customer(5, "Eve", "Oslo", "e")),
              change("accounts", 302, "u", account(3, "31.00")),
              change("tiers", 303, "u", tier(1, "lead")),
              "{\"op\":\"?\"}",
              change(
                  "customers", 304, "c", "{\"id\":6,\"name\":7,\"city\":\"Oslo\",\"note\":\"n\"}"));
    };
  }

  private static String customer(int id, String name, String city, String note) {
    return "{\"id\":%d,\"name\":\"%s\",\"city\":\"%s\",\"note\":\"%s\"}"
        .formatted(id, name, city, note);
  }

  private static String account(int id, String balance) {
    return "{\"id\":%d,\"balance\":%s}".formatted(id, balance);
  }

  private static String tier(int id, String name) {
    return "{\"id\":%d,\"tier\":\"%s\"}".formatted(id, name);
  }

  private static String change(String table, long lsn, String operation, String after) {
    return envelope(table, lsn, operation, "null", after);
  }

  private static String deleted(String table, long lsn, int id) {
    return envelope(table, lsn, "d", "{\"id\":" + id + "}", "null");
  }

  private static String envelope(
      String table, long lsn, String operation, String before, String after) {
    long time = DAY.toEpochMilli() + lsn * 1000;
    return ("{\"before\":%s,\"after\":%s,\"source\":{\"connector\":\"postgresql\",\"ts_ms\":%d,"
            + "\"db\":\"shop\",\"schema\":\"public\",\"table\":\"%s\",\"lsn\":%d},"
            + "\"op\":\"%s\",\"ts_ms\":%d}")
        .formatted(before, after, time, table, lsn, operation, time + 1);
  }

  private static List<String> kinds(int step) {
    return switch (step) {
      case 0 -> List.of(kind(1, 1, "low"), kind(2, 1, "low"), "{\"id\":3,\"version\":1}");
      case 1 -> List.of(kind(1, 2, "high"), "{\"id\":2,\"version\":2,\"extra\":{\"a\":[1]}}");
      case 2 -> List.of("{\"id\":4,\"version\":1,\"i\":3000000000}");
      default -> List.of(kind(3, 2, "high"), kind(1, 1, "low"), kind(5, 1, "low"));
    };
  }

  private static String kind(int id, int version, String which) {
    boolean low = which.equals("low");
    return """
    {"id":%d,"version":%d,"b":%b,"i":%d,"l":%d,"f":%s,"d":%s,"n":%s,"day":"%s","t":"%s",\
    "ts":"%s","tz":"%s","s":"%s","u":"%s","bytes":"%s","four":"AQIDBA==",\
    "many":[1,2],"pairs":{"a":1},"both":{"x":1,"y":"z"}}\
    """
        .formatted(
            id,
            version,
            low,
            low ? Integer.MIN_VALUE : Integer.MAX_VALUE,
            low ? Long.MIN_VALUE : Long.MAX_VALUE,
            low ? "-0.5" : "0.25",
            low ? "-1e-300" : "1e300",
            low ? "-12345678.12" : "12345678.12",
            low ? "0001-01-01" : "9999-12-31",
            low ? "00:00:00" : "23:59:59.999999",
            low ? "0001-01-01T00:00:00" : "9999-12-31T23:59:59.999999",
            low ? "0001-01-01T00:00:00Z" : "9999-12-31T23:59:59.999999Z",
            low ? "" : "ÄÖ😀",
            low ? "00000000-0000-0000-0000-000000000000" : "ffffffff-ffff-ffff-ffff-ffffffffffff",
            low ? "" : "/+8=");
  }

  private static List<String> clicks(int step) {
    return switch (step) {
      case 0 -> List.of(click("a", 1, "x"), click("b", 1, "y"), click("c", 2, "x"));
      case 1 -> List.of(click("d", 2, "y"), click("a", 1, "x"));
      case 2 -> List.of(click("c", 2, "x"));
      default -> List.of(click("d", 2, "y"), click("e", 1, "x"), click("f", 3, "z"));
    };
  }

  private static String click(String id, int day, String page) {
    return "{\"id\":\"%s\",\"at\":\"2026-01-%02dT12:00:00Z\",\"page\":\"%s\"}"
        .formatted(id, day, page);
  }

  private static List<String> prices(int step) {
    return switch (step) {
      case 0 -> List.of(price(1, 1, 5), price(1, 2, 6), price(1, 3, 7));
      case 1 -> List.of(price(3, 1, 5), price(3, 3, 8));
      case 2 -> List.of(price(1, 1, 5), price(1, 2, 6), price(1, 3, 7));
      // An extract in between, and a newer one that lacks 3.
      default -> List.of(price(2, 1, 9), price(2, 2, 6), price(4, 1, 5));
    };
  }

  private static String price(int day, int id, int price) {
    return "{\"taken\":\"2026-01-%02dT00:00:00Z\",\"id\":%d,\"price\":%d}"
        .formatted(day, id, price);
  }
}
