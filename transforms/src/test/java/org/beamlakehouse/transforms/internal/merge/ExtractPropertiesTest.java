package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.beamlakehouse.transforms.internal.merge.Notation.KeyedChange;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Full extracts in any order, in any pieces and repeated: the rows are those of an oracle that
 * takes the extracts in ascending order and compares each with the one before.
 *
 * <p>The oracle knows no changes and no truncates, only tables. A row that cannot be used keeps
 * what there was of its key. No row is twice in an extract: a copy counts where it stands first.
 */
class ExtractPropertiesTest {
  private static final int TRIES = 5_000;
  private static final String UNUSABLE = "?";

  /** A row of an extract; each extract holds those that say its time. */
  record Said(int time, int key, String value) {}

  record History(List<Integer> times, List<Said> rows, boolean hard, long seed) {}

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void versionsAreTheDifferencesOfExtracts(@ForAll("histories") History history) {
    check(StorageType.HISTORY, history);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void latestRowsAreTheLastExtractAndWhatItDeleted(@ForAll("histories") History history) {
    check(StorageType.LATEST, history);
  }

  private static void check(StorageType storage, History history) {
    TableDefinition table =
        Tables.table(storage, List.of("v"))
            .input(InputKind.SNAPSHOTS)
            .deletes(history.hard() ? DeleteMode.HARD : DeleteMode.SOFT)
            .build();
    Notation notation = new Notation(table);
    List<String> expected = expected(storage, history);
    Random random = new Random(history.seed());

    KeyedStore atOnce = new KeyedStore(MergeRules.of(table));
    atOnce.apply(pieces(notation, history, random).stream().flatMap(List::stream).toList());
    assertThat("at once", show(notation, atOnce), is(expected));

    KeyedStore inPieces = new KeyedStore(MergeRules.of(table));
    pieces(notation, history, random).forEach(inPieces::apply);
    assertThat("in pieces", show(notation, inPieces), is(expected));
    int remembered = inPieces.remembered();
    pieces(notation, history, random).forEach(inPieces::apply);
    assertThat("once more", show(notation, inPieces), is(expected));
    assertThat("remembered once more", inPieces.remembered(), is(remembered));

    KeyedStore reduced = new KeyedStore(MergeRules.of(table));
    pieces(notation, history, random).forEach(reduced::applyReduced);
    assertThat("reduced", show(notation, reduced), is(expected));

    KeyedStore crashing = new KeyedStore(MergeRules.of(table));
    for (List<KeyedChange> piece : pieces(notation, history, random)) {
      if (random.nextBoolean()) {
        crashing.applyAndCrash(piece);
      }
      crashing.apply(piece);
    }
    assertThat("after crashes", show(notation, crashing), is(expected));
  }

  private static List<String> show(Notation notation, KeyedStore store) {
    return store.rows().stream().map(notation::show).toList();
  }

  /** Random pieces of the extracts in random order; each tells its extract before its rows. */
  private static List<List<KeyedChange>> pieces(Notation notation, History history, Random random) {
    List<List<KeyedChange>> pieces = new ArrayList<>();
    for (int time : history.times()) {
      List<List<KeyedChange>> ofExtract = new ArrayList<>();
      ofExtract.add(new ArrayList<>(notation.changes("T@" + time)));
      int position = 0;
      for (Said row : history.rows()) {
        if (row.time() == time) {
          if (random.nextInt(3) == 0) {
            ofExtract.add(new ArrayList<>(notation.changes("T@" + time)));
          }
          ofExtract
              .get(ofExtract.size() - 1)
              .addAll(
                  notation.changes(
                      row.key() + ":U(" + row.value() + ")@" + time + "/" + position++));
        }
      }
      pieces.addAll(ofExtract);
    }
    Collections.shuffle(pieces, random);
    List<List<KeyedChange>> batches = new ArrayList<>();
    int size = 1 + random.nextInt(3);
    for (List<KeyedChange> piece : pieces) {
      if (batches.isEmpty() || random.nextInt(size) == 0) {
        batches.add(new ArrayList<>());
      }
      batches.get(batches.size() - 1).addAll(piece);
    }
    return batches;
  }

  private static List<String> expected(StorageType storage, History history) {
    Map<Integer, List<String>> rows = new TreeMap<>();
    Map<Integer, String> before = new TreeMap<>();
    Map<Integer, Integer> since = new TreeMap<>();
    Map<Integer, String> deleted = new TreeMap<>();
    for (int time : history.times().stream().sorted().toList()) {
      Map<Integer, String> now = extract(history, time, before);
      for (int key = 1; key <= 3; key++) {
        String was = before.get(key);
        String is = now.get(key);
        if (storage == StorageType.LATEST && is != null) {
          boolean usable = usable(history, time, key);
          since.merge(key, time, (old, newer) -> usable ? newer : old);
          deleted.remove(key);
        } else if (storage == StorageType.LATEST && was != null) {
          since.remove(key);
          deleted.put(key, was + "@" + time + "!" + time);
        } else if (!Objects.equals(was, is)) {
          if (was != null) {
            add(rows, key, was + "[" + since.get(key) + "," + time + ")");
          }
          since.put(key, time);
        }
      }
      before = now;
    }
    before.forEach(
        (key, value) ->
            add(
                rows,
                key,
                value
                    + (storage == StorageType.LATEST
                        ? "@" + since.get(key)
                        : "[" + since.get(key) + ",*)")));
    if (!history.hard()) {
      deleted.forEach((key, row) -> add(rows, key, row));
    }
    return rows.values().stream().flatMap(List::stream).toList();
  }

  /** The table as an extract shows it: of several rows of a key the last that can be used. */
  private static Map<Integer, String> extract(
      History history, int time, Map<Integer, String> before) {
    Map<Integer, String> table = new TreeMap<>();
    for (Said row : history.rows()) {
      if (row.time() == time && !row.value().equals(UNUSABLE)) {
        table.put(row.key(), row.value());
      }
    }
    for (Said row : history.rows()) {
      if (row.time() == time && before.containsKey(row.key())) {
        table.putIfAbsent(row.key(), before.get(row.key()));
      }
    }
    return table;
  }

  private static boolean usable(History history, int time, int key) {
    return history.rows().stream()
        .anyMatch(r -> r.time() == time && r.key() == key && !r.value().equals(UNUSABLE));
  }

  private static void add(Map<Integer, List<String>> rows, int key, String row) {
    rows.computeIfAbsent(key, absent -> new ArrayList<>()).add((key == 1 ? "" : key + ":") + row);
  }

  @Provide
  Arbitrary<History> histories() {
    Arbitrary<Said> rows =
        Combinators.combine(
                Arbitraries.integers().between(1, 5),
                Arbitraries.integers().between(1, 3),
                Arbitraries.of("x", "x", "x", "y", "-", UNUSABLE))
            .as(Said::new);
    return Combinators.combine(
            Arbitraries.shuffle(1, 2, 3, 4, 5),
            rows.list().uniqueElements().ofMaxSize(20),
            Arbitraries.of(false, true),
            Arbitraries.longs())
        .as(History::new);
  }
}
