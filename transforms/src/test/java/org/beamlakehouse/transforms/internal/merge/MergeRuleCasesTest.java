package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.internal.merge.Notation.KeyedChange;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The worked cases of {@code cases/*.yaml}: as written, then in every order and every split into
 * batches, and then all of it delivered once more.
 */
class MergeRuleCasesTest {
  private static final int EXHAUSTIVE_UP_TO = 4;
  private static final int SHUFFLES = 300;

  @TestFactory
  Stream<DynamicTest> latestByKey() throws IOException {
    return tests("latest-by-key", StorageType.LATEST, InputKind.CHANGES);
  }

  @TestFactory
  Stream<DynamicTest> versionHistory() throws IOException {
    return tests("version-history", StorageType.HISTORY, InputKind.CHANGES);
  }

  @TestFactory
  Stream<DynamicTest> firstByKey() throws IOException {
    return tests("first-by-key", StorageType.EVENTS, InputKind.CHANGES);
  }

  @TestFactory
  Stream<DynamicTest> latestOfExtracts() throws IOException {
    return tests("latest-of-extracts", StorageType.LATEST, InputKind.SNAPSHOTS);
  }

  @TestFactory
  Stream<DynamicTest> historyOfExtracts() throws IOException {
    return tests("history-of-extracts", StorageType.HISTORY, InputKind.SNAPSHOTS);
  }

  @SuppressWarnings("unchecked")
  private static Stream<DynamicTest> tests(String file, StorageType storage, InputKind input)
      throws IOException {
    try (InputStream in =
        MergeRuleCasesTest.class.getResourceAsStream("/cases/" + file + ".yaml")) {
      List<Map<String, Object>> cases = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return cases.stream()
          .map(
              one ->
                  DynamicTest.dynamicTest(
                      (String) one.get("name"), () -> run(one, storage, input)));
    }
  }

  @SuppressWarnings("unchecked")
  private static void run(Map<String, Object> one, StorageType storage, InputKind input) {
    TableDefinition table = table(one, storage, input);
    Notation notation = new Notation(table);
    List<List<KeyedChange>> batches = notation.batches((String) one.get("changes"));
    List<String> expected = (List<String>) one.get("rows");
    MergeRule rule = MergeRules.of(table);

    KeyedStore asWritten = new KeyedStore(rule);
    batches.forEach(asWritten::apply);
    assertThat("as written", show(notation, asWritten), is(expected));
    if (one.containsKey("remembers")) {
      assertThat("remembered", asWritten.remembered(), is(one.get("remembers")));
    }

    List<KeyedChange> all = batches.stream().flatMap(List::stream).toList();
    forOrders(
        all,
        ordered -> {
          for (int split = 0; split < splits(ordered); split++) {
            KeyedStore store = new KeyedStore(rule);
            List<List<KeyedChange>> inBatches = split(ordered, split);
            inBatches.forEach(store::apply);
            assertThat("as " + describe(notation, inBatches), show(notation, store), is(expected));
            assertThatRedeliveryChangesNothing(store, all);
          }
        });
  }

  private static void assertThatRedeliveryChangesNothing(
      KeyedStore store, List<KeyedChange> changes) {
    List<StoredRow> before = store.rows();
    int remembered = store.remembered();
    store.apply(changes);
    assertThat(store.remembered(), is(remembered));
    assertThat(store.rows().size(), is(before.size()));
    for (int i = 0; i < before.size(); i++) {
      assertThat(store.rows().get(i), sameInstance(before.get(i)));
    }
  }

  @SuppressWarnings("unchecked")
  private static TableDefinition table(
      Map<String, Object> one, StorageType storage, InputKind input) {
    TableDefinition.Builder table =
        Tables.table(storage, (List<String>) one.getOrDefault("columns", List.of("v")));
    if (one.containsKey("tracked")) {
      table.trackedColumns((List<String>) one.get("tracked"));
    }
    if (one.containsKey("times")) {
      table.sequenceBy(List.of());
    }
    String deletes = (String) one.getOrDefault("deletes", "soft");
    return table
        .input(input)
        .deletes(DeleteMode.valueOf(deletes.toUpperCase(Locale.ROOT)))
        .ignoreNullColumns(Set.copyOf((List<String>) one.getOrDefault("ignoreNulls", List.of())))
        .build();
  }

  /** All orders of a few changes, else some of them. */
  private static void forOrders(List<KeyedChange> changes, Consumer<List<KeyedChange>> action) {
    if (changes.size() <= EXHAUSTIVE_UP_TO) {
      permute(new ArrayList<>(changes), 0, action);
      return;
    }
    Random random = new Random(changes.size());
    for (int i = 0; i < SHUFFLES; i++) {
      List<KeyedChange> shuffled = new ArrayList<>(changes);
      Collections.shuffle(shuffled, random);
      action.accept(shuffled);
    }
  }

  private static void permute(
      List<KeyedChange> changes, int from, Consumer<List<KeyedChange>> action) {
    if (from == changes.size()) {
      action.accept(changes);
    }
    for (int i = from; i < changes.size(); i++) {
      Collections.swap(changes, from, i);
      permute(changes, from + 1, action);
      Collections.swap(changes, from, i);
    }
  }

  private static int splits(List<KeyedChange> changes) {
    return 1 << (changes.size() - 1);
  }

  /** Cuts behind each change whose bit is set. */
  private static List<List<KeyedChange>> split(List<KeyedChange> changes, int cuts) {
    List<List<KeyedChange>> batches = new ArrayList<>();
    List<KeyedChange> batch = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      batch.add(changes.get(i));
      if (i == changes.size() - 1 || (cuts & (1 << i)) != 0) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
    }
    return batches;
  }

  private static List<String> show(Notation notation, KeyedStore store) {
    return store.rows().stream().map(notation::show).toList();
  }

  private static String describe(Notation notation, List<List<KeyedChange>> batches) {
    StringBuilder text = new StringBuilder();
    for (List<KeyedChange> batch : batches) {
      text.append(text.isEmpty() ? "" : "| ");
      batch.forEach(
          one ->
              text.append(one.key()).append(':').append(notation.show(one.change())).append(' '));
    }
    return text.toString();
  }
}
