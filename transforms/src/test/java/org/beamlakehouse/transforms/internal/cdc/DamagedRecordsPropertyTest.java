package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.ConnectAvro.NoAvroException;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;

/**
 * A damaged record anywhere changes nothing but what becomes of itself: every other record of its
 * source is what it is alone.
 */
class DamagedRecordsPropertyTest {
  private static final List<ParseCase> CASES = ParseCase.all().toList();
  private static final byte[] TELLING =
      "{}[]\":,\\0e-.ntf \u00ff".getBytes(StandardCharsets.ISO_8859_1);
  private static final List<RecordFormat> FORMATS =
      List.of(
          RecordFormat.JSON,
          RecordFormat.DEBEZIUM_JSON,
          RecordFormat.MAXWELL_JSON,
          RecordFormat.CANAL_JSON);

  /** Values of a struct, a list of structs and a map of them, many with fields that none reads. */
  private static final List<String> NESTED =
      List.of(
          "null",
          "{\"a\":1}",
          "{\"a\":1,\"x\":2}",
          "{\"a\":\"one\",\"x\":2}",
          "{\"x\":{\"y\":[1,{}]}}",
          "\"{\\\"a\\\":1}\"",
          "\"{\\\"a\\\":1,\\\"x\\\":2}\"",
          "\"{\\\"a\\\":1,\\\"x\\\":\"",
          "\"{\\\"a\\\":1,\\\"x\\\":2}}\"",
          "[{\"a\":1},{\"a\":2,\"x\":3}]",
          "[{\"a\":1,\"x\":3},{\"a\":\"two\"}]",
          "\"[{\\\"a\\\":1,\\\"x\\\":2}]\"",
          "{\"k\":{\"a\":1,\"x\":2}}",
          "{\"k\":{\"a\":1},\"k\":{\"x\":2}}",
          "\"{\\\"k\\\":{\\\"x\\\":2}}\"",
          "\"\\ud800\"",
          "5");

  @Property(tries = 3000)
  void recordsOfOneSourceAreAsIfAlone(@ForAll Random random) {
    RecordFormat format = FORMATS.get(random.nextInt(FORMATS.size()));
    List<TableDefinition> tables = List.of(table(random));
    List<RawRecord> records = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      byte[] payload = record(format, random).getBytes(StandardCharsets.UTF_8);
      records.add(raw(random.nextBoolean() ? payload : damage(payload, random), i));
    }
    check(records, RecordParser.of(format, tables), () -> RecordParser.of(format, tables));
  }

  @Property(tries = 2000)
  void recordsOfTheCasesAreAsIfAlone(@ForAll Random random) {
    ParseCase first = CASES.get(random.nextInt(CASES.size()));
    List<ParseCase> alike =
        CASES.stream()
            .filter(
                c ->
                    c.format() == first.format()
                        && c.json().get("tables").equals(first.json().get("tables")))
            .collect(Collectors.toList());
    List<RawRecord> records = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<RawRecord> some = alike.get(random.nextInt(alike.size())).records();
      RawRecord record = some.get(random.nextInt(some.size()));
      boolean whole =
          record.payload() == null || record.payload().length == 0 || random.nextBoolean();
      records.add(whole ? record : with(record, damage(record.payload(), random)));
    }
    check(
        records,
        RecordParser.of(first.format(), first.tables()),
        () -> RecordParser.of(first.format(), first.tables()));
  }

  @Property(tries = 2000)
  void recordsInAvroAreAsIfAlone(@ForAll Random random) {
    KnownSchemas schemas = new KnownSchemas();
    List<TableDefinition> tables = List.of(table(random));
    List<RawRecord> records = new ArrayList<>();
    boolean debezium = random.nextBoolean();
    for (int i = 0; i < 6; i++) {
      RecordFormat format = debezium ? RecordFormat.DEBEZIUM_JSON : RecordFormat.JSON;
      RawRecord json = raw(record(format, random).getBytes(StandardCharsets.UTF_8), i);
      try {
        RawRecord avro = AvroCasesTest.inAvro(json, schemas);
        records.add(
            random.nextBoolean() ? avro : with(avro, damageAnyByte(avro.payload(), random)));
      } catch (NoAvroException e) {
        // One of those that Avro cannot write.
      }
    }
    RecordFormat format = debezium ? RecordFormat.DEBEZIUM_AVRO : RecordFormat.AVRO;
    check(
        records,
        RecordParser.of(format, tables, schemas),
        () -> RecordParser.of(format, tables, schemas));
  }

  private interface Parsers {
    RecordParser fresh();
  }

  private static void check(List<RawRecord> records, RecordParser together, Parsers parsers) {
    for (RawRecord record : records) {
      Outcomes got = new Outcomes();
      // Only within a batch does a parser know which extracts it told.
      together.beginBatch();
      together.parse(record, null, got);
      Outcomes alone = new Outcomes();
      parsers.fresh().parse(record, null, alone);
      assertThat(text(records), got.all(), is(alone.all()));
      assertThat(text(records), got.all().size(), greaterThan(0));
      boolean deadLetter = got.all().stream().anyMatch(o -> o.has("deadLetter"));
      assertThat(text(records), !deadLetter || got.all().size() == 1, is(true));
    }
  }

  private static String text(List<RawRecord> records) {
    return records.stream()
        .map(r -> r.payload() == null ? "-" : new String(r.payload(), StandardCharsets.ISO_8859_1))
        .collect(Collectors.joining("\n"));
  }

  private static TableDefinition table(Random random) {
    UnknownFields[] modes = UnknownFields.values();
    return TableDefinition.builder()
        .name("silver.t")
        .columns(
            TypeText.columns(
                "id long, name string, s struct<a:int>, l list<struct<a:int>>,"
                    + " m map<string,struct<a:int>>, again struct<a:int> from s, a int from s.a"))
        .keyColumns("id")
        .storage(StorageType.EVENTS)
        .unknownFields(modes[random.nextInt(modes.length)])
        .build();
  }

  private static String record(RecordFormat format, Random random) {
    StringBuilder row = new StringBuilder("{\"id\":1,\"name\":\"n\"");
    for (String field : List.of("s", "l", "m", "unread")) {
      if (random.nextInt(3) == 0) {
        String value = NESTED.get(random.nextInt(NESTED.size()));
        row.append(",\"").append(field).append("\":").append(value);
      }
    }
    row.append('}');
    return switch (format) {
      case DEBEZIUM_JSON ->
          "{\"before\":null,\"after\":"
              + row
              + ",\"source\":{\"lsn\":1,\"table\":\"t\"},\"op\":\"c\"}";
      case MAXWELL_JSON ->
          "{\"table\":\"t\",\"type\":\"insert\",\"ts\":1,\"xid\":1,\"data\":" + row + "}";
      case CANAL_JSON ->
          "{\"table\":\"t\",\"type\":\"INSERT\",\"es\":1,\"ts\":1,\"data\":[" + row + "]}";
      default -> row.toString();
    };
  }

  private static RawRecord raw(byte[] payload, int index) {
    return RawRecord.of(
        "shop",
        payload,
        null,
        SourcePosition.inFile("changes.jsonl", index),
        ParseCase.INGESTED_AT);
  }

  private static RawRecord with(RawRecord record, byte[] payload) {
    return RawRecord.of(
        record.source(), payload, record.key(), record.position(), record.ingestedAt());
  }

  private static byte[] damage(byte[] payload, Random random) {
    int at = random.nextInt(payload.length);
    byte telling = TELLING[random.nextInt(TELLING.length)];
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(payload, at);
      case 1 -> spliced(payload, at, at + 1, telling);
      case 2 -> spliced(payload, at, at, telling);
      default -> spliced(payload, at, Math.min(payload.length, at + random.nextInt(20)), telling);
    };
  }

  private static byte[] damageAnyByte(byte[] payload, Random random) {
    int at = random.nextInt(payload.length);
    return random.nextBoolean()
        ? Arrays.copyOf(payload, at)
        : spliced(payload, at, at + 1, (byte) random.nextInt(256));
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte middle) {
    byte[] spliced = new byte[bytes.length - (to - from) + 1];
    System.arraycopy(bytes, 0, spliced, 0, from);
    spliced[from] = middle;
    System.arraycopy(bytes, to, spliced, from + 1, bytes.length - to);
    return spliced;
  }
}
