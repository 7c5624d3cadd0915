package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.Notation.KeyedChange;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The law, on random histories: whatever the order, the batches and the repetitions, the rows are
 * those of an oracle that sorts all changes and plays them one by one.
 *
 * <p>Keys, values and sequences are few, so that ties, repetitions, copies, late changes, deletes,
 * truncates, columns not sent and nulls meet all the time.
 */
class MergeRulePropertiesTest {
  private static final int TRIES = 10_000;

  /** Column values: null, not sent, or a word. */
  private static final String UNSENT = "?";

  /** What a change says; everything else of it follows from that and the history's traits. */
  record Say(int key, int kind, int order, String a, String b, String c) {}

  /** How a history's changes are made and how its table is set up. */
  record Traits(boolean positions, boolean clockDisagrees, boolean hard, boolean ignoreNulls) {}

  record History(Traits traits, List<Say> says, long seed) {}

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void latestByKeyIsAFunctionOfTheSetOfChanges(@ForAll("histories") History history) {
    check(StorageType.LATEST, history);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void versionHistoryIsAFunctionOfTheSetOfChanges(@ForAll("histories") History history) {
    check(StorageType.HISTORY, history);
  }

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void firstByKeyIsAFunctionOfTheSetOfChanges(@ForAll("completeHistories") History history) {
    check(StorageType.EVENTS, history);
  }

  @Property(tries = TRIES / 2, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void aCrashBetweenLedgerAndTableIsMendedByTheNextRun(
      @ForAll("histories") History history, @ForAll("keepers") StorageType storage) {
    TableDefinition table = table(storage, history.traits());
    List<KeyedChange> changes = changes(table, history);
    Random random = new Random(history.seed());
    KeyedStore store = new KeyedStore(MergeRules.of(table));
    for (List<KeyedChange> batch : batches(changes, random)) {
      if (random.nextInt(3) == 0) {
        store.applyAndCrash(batch);
        batches(batch, random).forEach(store::apply);
      } else {
        store.apply(batch);
      }
    }
    assertThat(rows(store), is(expected(table, changes)));
    assertThatReplayChangesNothing(store, changes, random);
  }

  /**
   * Each change has a position of its own here, as changes of real sources have: of two that share
   * one, the ledger could keep a twin of what only a row tells.
   */
  @Property(tries = TRIES / 2, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void mergesThatDoNotKnowOfEachOtherEndAsOneAfterTheOther(
      @ForAll("histories") History history, @ForAll("keepers") StorageType storage) {
    TableDefinition table = table(storage, history.traits());
    List<KeyedChange> changes = placed(changes(table, history), history.says());
    Random random = new Random(history.seed());
    KeyedStore store = new KeyedStore(MergeRules.of(table));
    List<List<KeyedChange>> batches = batches(changes, random);
    for (int i = 0; i < batches.size(); i += 2) {
      if (i + 1 < batches.size()) {
        store.applyAtOnce(batches.get(i), batches.get(i + 1), random.nextBoolean());
      } else {
        store.apply(batches.get(i));
      }
    }
    assertThat(rows(store), is(expected(table, changes)));
    assertThatReplayChangesNothing(store, changes, random);
  }

  /** The same changes, different ones at different positions of the source. */
  private static List<KeyedChange> placed(List<KeyedChange> changes, List<Say> says) {
    List<KeyedChange> placed = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      KeyedChange keyed = changes.get(i);
      Change change = keyed.change();
      Sequence.Builder sequence = Sequence.builder().add(says.get(i).order());
      // It follows from what the change says.
      sequence.position().add(change.eventTime().getEpochSecond());
      placed.add(
          new KeyedChange(
              keyed.key(),
              new Change(
                  change.kind(),
                  sequence.build(),
                  change.eventTime(),
                  change.validTime(),
                  change.values(),
                  change.unsent())));
    }
    return placed;
  }

  @Property(tries = TRIES / 2, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void copiesBehindTheOriginalsChangeNothing(
      @ForAll("histories") History history, @ForAll("keepers") StorageType storage) {
    History positioned = positioned(history);
    TableDefinition table = table(storage, positioned.traits());
    List<KeyedChange> changes = changes(table, positioned);
    Random random = new Random(history.seed());
    KeyedStore store = new KeyedStore(MergeRules.of(table));
    batches(changes, random).forEach(store::apply);
    List<KeyedChange> copies =
        changes.stream()
            .filter(keyed -> keyed.change().kind() != Kind.TRUNCATE)
            .map(keyed -> new KeyedChange(keyed.key(), moved(keyed.change())))
            .toList();
    assertThatReplayChangesNothing(store, copies, random);
  }

  /** Copies at positions of their own, above and below the original. */
  @Property(tries = TRIES / 2, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void ofCopiesTheLowestCounts(
      @ForAll("histories") History history, @ForAll("keepers") StorageType storage) {
    checkCopies(storage, history);
  }

  @Property(tries = TRIES / 4, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void ofCopiesOfEventsTheLowestCounts(@ForAll("completeHistories") History history) {
    checkCopies(StorageType.EVENTS, history);
  }

  private static void checkCopies(StorageType storage, History history) {
    TableDefinition table = table(storage, history.traits());
    Random random = new Random(history.seed());
    List<KeyedChange> changes = new ArrayList<>(changes(table, history));
    changes.addAll(List.copyOf(changes).stream().filter(any -> random.nextInt(3) == 0).toList());
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      positions.add(i);
    }
    Collections.shuffle(positions, random);
    for (int i = 0; i < changes.size(); i++) {
      changes.set(i, at(positions.get(i), changes.get(i)));
    }
    check(table, changes, random);
    checkCrashing(table, changes, random);
  }

  private static void checkCrashing(
      TableDefinition table, List<KeyedChange> changes, Random random) {
    KeyedStore crashing = new KeyedStore(MergeRules.of(table));
    for (List<KeyedChange> batch : batches(changes, random)) {
      if (random.nextInt(3) == 0) {
        crashing.applyAndCrash(batch);
        batches(batch, random).forEach(crashing::apply);
      } else {
        crashing.apply(batch);
      }
    }
    assertThat("after crashes", rows(crashing), is(expected(table, changes)));
  }

  /**
   * Changes that came through a topic of two partitions, copies among them, and tombstones at
   * offsets between them.
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void tombstonesDeleteWhatTheirPartitionHeld(
      @ForAll("histories") History history,
      @ForAll("keepers") StorageType storage,
      @ForAll boolean times) {
    TableDefinition table = table(storage, history.traits());
    table = times ? table.toBuilder().sequenceBy(List.of()).build() : table;
    Random random = new Random(history.seed());
    List<KeyedChange> changes = new ArrayList<>(changes(table, history));
    changes.addAll(List.copyOf(changes).stream().filter(any -> random.nextInt(4) == 0).toList());
    int tombstones = 1 + random.nextInt(4);
    for (int i = 0; i < tombstones; i++) {
      int key = 1 + random.nextInt(2);
      String tombstone = key + ":X@/0." + i + "~" + random.nextInt(9);
      changes.addAll(new Notation(table).changes(tombstone));
    }
    List<Integer> offsets = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      offsets.add(i);
    }
    Collections.shuffle(offsets, random);
    for (int i = 0; i < changes.size(); i++) {
      // Copies of a change are in the same partition: what it says tells which.
      long said = changes.get(i).change().eventTime().getEpochSecond();
      changes.set(i, inTopic((int) said % 4 / 3, offsets.get(i), changes.get(i), times));
    }
    check(table, changes, random);
    checkCrashing(table, changes, random);
  }

  private static KeyedChange inTopic(int partition, int offset, KeyedChange keyed, boolean times) {
    Change change = at(offset, keyed).change();
    Sequence.Builder order = Sequence.builder();
    order = change.kind() == Kind.TOMBSTONE ? order.untold() : order.add(order(keyed.change()));
    return new KeyedChange(
        keyed.key(),
        new Change(
            change.kind(),
            SourcePosition.inTopic("t", partition, offset).complete(order),
            change.eventTime(),
            times && change.validTime() instanceof Long time
                ? Instant.ofEpochSecond(time)
                : change.validTime(),
            change.values(),
            change.unsent()));
  }

  /** The same change, found at another position, which its provenance tells too. */
  private static KeyedChange at(int position, KeyedChange keyed) {
    Change change = keyed.change();
    Object[] values = change.values() == null ? null : change.values().clone();
    if (values != null) {
      values[7] = "found at " + position;
    }
    Sequence.Builder sequence = Sequence.builder();
    sequence = change.kind() == Kind.TOMBSTONE ? sequence.untold() : sequence.add(order(change));
    return new KeyedChange(
        keyed.key(),
        new Change(
            change.kind(),
            sequence.position().add(position).build(),
            Instant.ofEpochSecond(position),
            change.validTime(),
            values,
            change.unsent()));
  }

  private static long order(Change change) {
    if (change.kind() == Kind.TOMBSTONE) {
      return -1;
    }
    long order = 0;
    while (!change.sequence().sameOrder(Sequence.of(order))) {
      order++;
    }
    return order;
  }

  /** The same changes, with positions: what the copies have is known to be further back. */
  private static History positioned(History history) {
    Traits traits =
        new Traits(true, history.traits().clockDisagrees(), history.traits().hard(), false);
    return new History(traits, history.says(), history.seed());
  }

  /** The same change, read again further back in the source. */
  private static Change moved(Change change) {
    byte[] bytes = change.sequence().bytes().clone();
    bytes[bytes.length - 1] = (byte) (bytes[bytes.length - 1] + 10);
    return new Change(
        change.kind(),
        Sequence.fromBytes(bytes),
        change.eventTime(),
        change.validTime(),
        change.values(),
        change.unsent());
  }

  private static void check(StorageType storage, History history) {
    TableDefinition table = table(storage, history.traits());
    check(table, changes(table, history), new Random(history.seed()));
  }

  private static void check(TableDefinition table, List<KeyedChange> changes, Random random) {
    MergeRule rule = MergeRules.of(table);
    List<NaiveOracle.Row> expected = expected(table, changes);

    KeyedStore atOnce = new KeyedStore(rule);
    atOnce.apply(changes);
    assertThat("in one batch", rows(atOnce), is(expected));

    KeyedStore inBatches = new KeyedStore(rule);
    batches(changes, random).forEach(inBatches::apply);
    assertThat("in random batches", rows(inBatches), is(expected));
    assertThatReplayChangesNothing(inBatches, changes, random);

    KeyedStore reduced = new KeyedStore(rule);
    batches(changes, random).forEach(reduced::applyReduced);
    assertThat("reduced", rows(reduced), is(expected));
    assertThatReplayChangesNothing(reduced, changes, random);
  }

  private static void assertThatReplayChangesNothing(
      KeyedStore store, List<KeyedChange> changes, Random random) {
    List<StoredRow> before = store.rows();
    int remembered = store.remembered();
    batches(changes, random).forEach(store::apply);
    List<StoredRow> after = store.rows();
    assertThat(after.size(), is(before.size()));
    for (int i = 0; i < before.size(); i++) {
      assertThat("replayed", after.get(i), sameInstance(before.get(i)));
    }
    assertThat("remembered by the replay", store.remembered(), is(remembered));
  }

  /** The changes in random order, some twice, in random batches. */
  private static List<List<KeyedChange>> batches(List<KeyedChange> changes, Random random) {
    List<KeyedChange> shuffled = new ArrayList<>(changes);
    changes.stream().filter(change -> random.nextInt(4) == 0).forEach(shuffled::add);
    Collections.shuffle(shuffled, random);
    List<List<KeyedChange>> batches = new ArrayList<>();
    int size = 1 + random.nextInt(3);
    for (KeyedChange change : shuffled) {
      if (batches.isEmpty() || random.nextInt(size) == 0) {
        batches.add(new ArrayList<>());
      }
      batches.get(batches.size() - 1).add(change);
    }
    return batches;
  }

  private static List<NaiveOracle.Row> rows(KeyedStore store) {
    return store.rows().stream().map(NaiveOracle.Row::of).toList();
  }

  private static List<NaiveOracle.Row> expected(TableDefinition table, List<KeyedChange> changes) {
    Set<Integer> keys = new TreeSet<>();
    changes.forEach(keyed -> keys.add(keyed.key()));
    List<NaiveOracle.Row> rows = new ArrayList<>();
    for (int key : keys) {
      List<Change> ofKey =
          changes.stream()
              .filter(one -> one.key() == key || one.change().kind() == Kind.TRUNCATE)
              .map(KeyedChange::change)
              .toList();
      boolean any = ofKey.stream().anyMatch(one -> one.kind() != Kind.TRUNCATE);
      rows.addAll(any ? new NaiveOracle(table).rows(ofKey) : List.of());
    }
    return rows;
  }

  private static TableDefinition table(StorageType storage, Traits traits) {
    return Tables.table(storage, List.of("a", "b", "c"))
        .deletes(traits.hard() ? DeleteMode.HARD : DeleteMode.SOFT)
        .ignoreNullColumns(traits.ignoreNulls() ? Set.of("a", "c") : Set.of())
        .trackedColumns(List.of("a", "b"))
        .build();
  }

  private static List<KeyedChange> changes(TableDefinition table, History history) {
    return history.says().stream().map(say -> change(table, history.traits(), say)).toList();
  }

  private static KeyedChange change(TableDefinition table, Traits traits, Say say) {
    Kind kind = say.kind() < 7 ? Kind.UPSERT : say.kind() < 10 ? Kind.DELETE : Kind.TRUNCATE;
    boolean keyOnly = say.kind() == 8 || say.kind() == 9;
    Object[] values = new Object[table.carriedColumns().size()];
    BitSet unsent = new BitSet();
    values[0] = say.key();
    String[] words = {say.a(), say.b(), say.c()};
    for (int i = 0; i < words.length; i++) {
      if (keyOnly || UNSENT.equals(words[i])) {
        unsent.set(i + 1);
        values[i + 1] = "never to be seen";
      } else {
        values[i + 1] = words[i];
      }
    }
    boolean truncate = kind == Kind.TRUNCATE;
    // Everything but what the change says follows from that, so that copies are alike.
    boolean onlyTheKeyCounts = kind == Kind.DELETE && traits.hard();
    String said = onlyTheKeyCounts ? "/" + say.key() : identity(table, values, unsent);
    String identity = kind + "/" + say.order() + (truncate ? "" : said);
    int hash = Math.floorMod(Objects.hash(identity, 7) * 0x9E3779B1, 1 << 20);
    Sequence.Builder sequence = Sequence.builder().add(say.order());
    if (traits.positions()) {
      sequence.position().add(hash % 3);
    }
    long time = traits.clockDisagrees() ? hash / 3 % 5 : say.order();
    Instant eventTime = Instant.ofEpochSecond(hash);
    values[4] = eventTime;
    values[5] = hash % 2 == 0;
    values[7] = "version " + hash;
    return new KeyedChange(
        truncate ? 0 : say.key(),
        new Change(
            kind,
            sequence.build(),
            eventTime,
            time,
            truncate ? null : values,
            truncate || unsent.isEmpty() ? null : unsent));
  }

  private static String identity(TableDefinition table, Object[] values, BitSet unsent) {
    StringBuilder text = new StringBuilder("/" + values[0]);
    for (int i = 1; i < 4; i++) {
      boolean ignored =
          values[i] == null && table.ignoreNullColumns().contains(table.columns().get(i).name());
      text.append('/').append(unsent.get(i) || ignored ? UNSENT : values[i]);
    }
    return text.toString();
  }

  /** The storage types that remember. */
  @Provide
  Arbitrary<StorageType> keepers() {
    return Arbitraries.of(StorageType.LATEST, StorageType.HISTORY);
  }

  @Provide
  Arbitrary<History> histories() {
    Arbitrary<String> words = Arbitraries.of("x", "x", "y", "y", "z", UNSENT, UNSENT, null);
    return histories(words);
  }

  @Provide
  Arbitrary<History> completeHistories() {
    return histories(Arbitraries.of("x", "y", "z", null));
  }

  private static Arbitrary<History> histories(Arbitrary<String> words) {
    Arbitrary<Say> says =
        Combinators.combine(
                Arbitraries.integers().between(1, 2),
                Arbitraries.integers().between(0, 10),
                Arbitraries.integers().between(1, 6),
                words,
                words,
                words)
            .as(Say::new);
    Arbitrary<Boolean> either = Arbitraries.of(false, true);
    Arbitrary<Traits> traits = Combinators.combine(either, either, either, either).as(Traits::new);
    return Combinators.combine(traits, says.list().ofMinSize(1).ofMaxSize(12), Arbitraries.longs())
        .as(History::new);
  }
}
