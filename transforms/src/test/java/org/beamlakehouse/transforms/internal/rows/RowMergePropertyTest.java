package org.beamlakehouse.transforms.internal.rows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.rows.RowSpec.DeletedRows;
import org.beamlakehouse.transforms.internal.rows.RowSpec.Shape;
import org.beamlakehouse.transforms.table.StorageType;

/**
 * Random histories of rows, in any order, with repetitions, reduced in any batches and through
 * their coder, give what a naive oracle gives. Keys, values and times are few, so that ties, late
 * rows and deletes meet all the time. What a pipeline adds is not seen here.
 */
class RowMergePropertyTest {
  private static final int TRIES = 2_000;

  @Property(tries = TRIES)
  void theLatestRowsAreThoseOfAllRowsInOrder(
      @ForAll("histories") List<Row> history, @ForAll Random random) throws Exception {
    Map<Long, List<Row>> expected = new LinkedHashMap<>();
    byKey(history).forEach((id, rows) -> expected.put(id, NaiveRows.latest(rows)));
    assertThat(merged(table(StorageType.LATEST), history, random), is(expected));
  }

  @Property(tries = TRIES)
  void theVersionsAreThoseOfAllRowsInOrder(
      @ForAll("histories") List<Row> history, @ForAll Random random) throws Exception {
    RowTable table = table(StorageType.HISTORY);
    Map<Long, List<Row>> expected = new LinkedHashMap<>();
    byKey(history)
        .forEach(
            (id, rows) ->
                expected.put(
                    id,
                    NaiveRows.versions(rows).stream()
                        .map(version -> row(table, version))
                        .toList()));
    assertThat(merged(table, history, random), is(expected));
  }

  @Provide
  Arbitrary<List<Row>> histories() {
    Arbitrary<String> values = Arbitraries.of("a", "b", "c").injectNull(0.2);
    return Combinators.combine(
            Arbitraries.longs().between(1, 2),
            values,
            values,
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(0, 2),
            Arbitraries.of("I", "U", "U", "D"))
        // The source's clock runs behind its log now and then.
        .as((id, v, w, n, behind, op) -> NaiveRows.row(id, v, w, n, 10 * n - 7 * behind, op))
        .list()
        .ofMinSize(1)
        .ofMaxSize(12);
  }

  private static RowTable table(StorageType storage) {
    return RowTable.of(
        new RowSpec(
            "Test",
            storage,
            List.of("id"),
            List.of("n"),
            new ChangeTypes("op", List.of("I", "U"), List.of("D"), List.of()),
            "at",
            List.of("v"),
            DeletedRows.LEFT_OUT,
            Shape.ROW),
        NaiveRows.SCHEMA);
  }

  private static Map<Long, List<Row>> byKey(List<Row> rows) {
    Map<Long, List<Row>> byKey = new LinkedHashMap<>();
    rows.forEach(
        row -> byKey.computeIfAbsent(row.getInt64("id"), id -> new ArrayList<>()).add(row));
    return byKey;
  }

  private static Map<Long, List<Row>> merged(RowTable table, List<Row> history, Random random)
      throws Exception {
    MergeRule rule = MergeRules.of(table.definition());
    ChangeCodec codec = ChangeCodec.of(table.definition());
    List<Row> shuffled = new ArrayList<>(history);
    for (int i = 0; i < history.size(); i += 3) {
      shuffled.add(history.get(random.nextInt(history.size())));
    }
    Collections.shuffle(shuffled, random);
    Map<Long, List<Row>> merged = new LinkedHashMap<>();
    for (Map.Entry<Long, List<Row>> key : byKey(shuffled).entrySet()) {
      List<Change> all = new ArrayList<>();
      List<Change> batch = new ArrayList<>();
      for (Row row : key.getValue()) {
        batch.add(codec.fromBytes(codec.toBytes(table.change(row))));
        if (random.nextInt(3) == 0) {
          all.addAll(rule.reduce(batch));
          batch.clear();
        }
      }
      all.addAll(batch);
      List<Row> rows = new ArrayList<>();
      for (StoredRow row : rule.merge(List.of(), List.of(), rule.reduce(all)).rows()) {
        if (table.shows(row)) {
          rows.add(table.toRow(row));
        }
      }
      merged.put(key.getKey(), rows);
    }
    return merged;
  }

  private static Row row(RowTable table, NaiveRows.Version version) {
    return Row.withSchema(table.output())
        .addValues(version.row().getValues())
        .addValues(version.from(), version.to(), version.to() == null)
        .build();
  }
}
