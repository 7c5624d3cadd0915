package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.Notation.KeyedChange;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The published SCD cases that some working copies have beside the repository, in {@code
 * shared/cases/scd.json}: with soft and hard deletes, as written and in random order one by one.
 * Skipped where the file is not there.
 */
class SharedScdCasesTest {
  private static final int SHUFFLES = 20;
  private static final List<String> VALUES = List.of("name", "city");

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    Path file = file();
    if (file == null) {
      String missing = "there is no shared/cases/scd.json beside the repository";
      // The reason of a skipped test is shown nowhere.
      System.err.println("DID NOT RUN: " + SharedScdCasesTest.class.getName() + ": " + missing);
      return Stream.of(
          DynamicTest.dynamicTest("no shared cases", () -> assumeTrue(false, missing)));
    }
    JsonNode cases = new ObjectMapper().readTree(file.toFile());
    return stream(cases)
        .flatMap(
            one ->
                Stream.of(DeleteMode.values())
                    .map(
                        deletes ->
                            DynamicTest.dynamicTest(
                                one.get("id").asText() + ", " + deletes, () -> run(one, deletes))));
  }

  private static Path file() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path file = at.resolve("shared/cases/scd.json");
      if (Files.exists(file)) {
        return file;
      }
    }
    return null;
  }

  private static void run(JsonNode one, DeleteMode deletes) {
    boolean history = one.get("scd").asInt() == 2;
    TableDefinition.Builder builder =
        Tables.table(history ? StorageType.HISTORY : StorageType.LATEST, VALUES).deletes(deletes);
    if (one.has("tracked")) {
      builder.trackedColumns(stream(one.get("tracked")).map(JsonNode::asText).toList());
    }
    TableDefinition table = builder.build();
    List<KeyedChange> changes = new ArrayList<>();
    stream(one.get("batches"))
        .flatMap(SharedScdCasesTest::stream)
        .forEach(change -> changes.add(change(table, change, changes.size())));
    List<Map<String, Object>> expected =
        stream(one.get("expected")).map(SharedScdCasesTest::expected).toList();

    KeyedStore atOnce = new KeyedStore(MergeRules.of(table));
    atOnce.apply(changes);
    assertThat(show(atOnce), is(expected));

    Random random = new Random(1);
    for (int i = 0; i < SHUFFLES; i++) {
      Collections.shuffle(changes, random);
      KeyedStore oneByOne = new KeyedStore(MergeRules.of(table));
      changes.forEach(change -> oneByOne.apply(List.of(change)));
      assertThat(show(oneByOne), is(expected));
    }
  }

  private static KeyedChange change(TableDefinition table, JsonNode change, int position) {
    Kind kind =
        switch (change.get("op").asText()) {
          case "t" -> Kind.TRUNCATE;
          case "d" -> Kind.DELETE;
          default -> Kind.UPSERT;
        };
    int key = change.get("userId").asInt();
    long order = change.get("seq").asLong();
    Object[] values = new Object[table.carriedColumns().size()];
    values[0] = key;
    BitSet unsent = new BitSet();
    for (int i = 1; i <= VALUES.size(); i++) {
      values[i] = change.get(VALUES.get(i - 1)).textValue();
      unsent.set(i, kind == Kind.DELETE);
    }
    boolean truncate = kind == Kind.TRUNCATE;
    return new KeyedChange(
        key,
        new Change(
            kind,
            Sequence.builder().add(order).position().add(position).build(),
            Instant.ofEpochSecond(order),
            order,
            truncate ? null : values,
            truncate ? null : unsent));
  }

  private static Map<String, Object> expected(JsonNode row) {
    Map<String, Object> shown = new TreeMap<>();
    row.fields()
        .forEachRemaining(
            field -> {
              JsonNode value = field.getValue();
              Object plain = value.isNumber() ? value.numberValue() : value.textValue();
              shown.put(field.getKey(), String.valueOf(plain));
            });
    return shown;
  }

  private static List<Map<String, Object>> show(KeyedStore store) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (StoredRow row : store.rows()) {
      if (!row.isDeleted()) {
        rows.add(show(row));
      }
    }
    return rows;
  }

  private static Map<String, Object> show(StoredRow row) {
    Map<String, Object> shown = new TreeMap<>();
    shown.put("userId", String.valueOf(row.values()[0]));
    for (int i = 1; i <= VALUES.size(); i++) {
      shown.put(VALUES.get(i - 1), String.valueOf(row.values()[i]));
    }
    if (row.validFrom() != null) {
      shown.put("start", String.valueOf(row.validFrom()));
      shown.put("end", String.valueOf(row.validTo()));
    } else {
      shown.put("seq", String.valueOf(order(row.sequence())));
    }
    return shown;
  }

  private static long order(Sequence sequence) {
    return Stream.iterate(0L, n -> n + 1)
        .filter(n -> sequence.sameOrder(Sequence.of(n)))
        .findFirst()
        .orElseThrow();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
