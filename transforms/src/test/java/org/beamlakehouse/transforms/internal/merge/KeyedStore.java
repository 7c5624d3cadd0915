package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.Notation.KeyedChange;

/**
 * A table and its ledger in memory: what an engine does around a rule, without an engine. Holds the
 * rule to its word: where it needs no stored values it gets none.
 */
final class KeyedStore {
  private final MergeRule rule;
  private final Map<Integer, List<StoredRow>> rows = new TreeMap<>();
  private final Map<Integer, List<Change>> ledger = new TreeMap<>();
  private final List<Change> truncates = new ArrayList<>();

  KeyedStore(MergeRule rule) {
    this.rule = rule;
  }

  /** Merges one batch. */
  void apply(List<KeyedChange> batch) {
    apply(batch, false);
  }

  /** Merges one batch as it is left by {@link MergeRule#reduce}, done on two parts and again. */
  void applyReduced(List<KeyedChange> batch) {
    apply(batch, true);
  }

  /** Merges one batch up to the commit of the ledger: what it remembers stays, its rows do not. */
  void applyAndCrash(List<KeyedChange> batch) {
    Map<Integer, List<StoredRow>> before = new TreeMap<>(rows);
    apply(batch);
    rows.clear();
    rows.putAll(before);
  }

  /**
   * Merges two batches that do not know of each other's rows: the first gets as far as the ledger,
   * then the second, which may or may not have seen the ledger's news, commits both; the first is
   * merged again on top.
   */
  void applyAtOnce(List<KeyedChange> first, List<KeyedChange> second, boolean seesLedger) {
    Map<Integer, List<Change>> ledgerBefore = copy(ledger);
    List<Change> truncatesBefore = new ArrayList<>(truncates);
    applyAndCrash(first);
    if (seesLedger) {
      apply(second);
    } else {
      Map<Integer, List<Change>> news = copy(ledger);
      List<Change> truncateNews = new ArrayList<>(truncates);
      ledger.clear();
      ledger.putAll(ledgerBefore);
      truncates.clear();
      truncates.addAll(truncatesBefore);
      apply(second);
      news.forEach(
          (key, changes) -> {
            List<Change> hidden = ledger.computeIfAbsent(key, absent -> new ArrayList<>());
            changes.stream().filter(change -> !hidden.contains(change)).forEach(hidden::add);
          });
      truncateNews.stream().filter(t -> !truncates.contains(t)).forEach(truncates::add);
    }
    apply(first);
  }

  private static Map<Integer, List<Change>> copy(Map<Integer, List<Change>> ledger) {
    Map<Integer, List<Change>> copy = new TreeMap<>();
    ledger.forEach((key, changes) -> copy.put(key, new ArrayList<>(changes)));
    return copy;
  }

  private void apply(List<KeyedChange> batch, boolean reduced) {
    Map<Integer, List<Change>> byKey = new TreeMap<>();
    boolean truncated = false;
    for (KeyedChange keyed : batch) {
      if (keyed.change().kind() == Kind.TRUNCATE) {
        truncates.add(keyed.change());
        truncated = true;
      } else {
        byKey.computeIfAbsent(keyed.key(), key -> new ArrayList<>()).add(keyed.change());
      }
    }
    if (truncated) {
      rows.keySet().forEach(key -> byKey.computeIfAbsent(key, absent -> List.of()));
      ledger.keySet().forEach(key -> byKey.computeIfAbsent(key, absent -> List.of()));
    }
    byKey.forEach((key, changes) -> merge(key, reduced ? reduce(changes) : changes));
  }

  private List<Change> reduce(List<Change> changes) {
    int half = changes.size() / 2;
    List<Change> union = new ArrayList<>(rule.reduce(changes.subList(0, half)));
    union.addAll(rule.reduce(changes.subList(half, changes.size())));
    return rule.reduce(union);
  }

  private void merge(int key, List<Change> changes) {
    List<StoredRow> stored = rows.getOrDefault(key, List.of());
    List<Change> hidden = ledger.computeIfAbsent(key, absent -> new ArrayList<>());
    List<Change> remembered = new ArrayList<>(hidden);
    remembered.addAll(truncates);

    IdentityHashMap<StoredRow, StoredRow> originals = new IdentityHashMap<>();
    List<StoredRow> seen = new ArrayList<>();
    boolean needsValues = rule.needsStoredValues(stored, remembered, changes);
    for (StoredRow row : stored) {
      StoredRow given = needsValues ? row : withoutValues(row);
      originals.put(given, row);
      seen.add(given);
    }
    MergeRule.Result result = rule.merge(seen, remembered, changes);

    Set<Change> known = new HashSet<>(remembered);
    for (Change change : result.remember()) {
      assertThat("remembered twice: " + change, change, not(in(known)));
      assertThat(change.kind() == Kind.TRUNCATE, is(false));
    }
    hidden.addAll(result.remember());
    List<StoredRow> after = new ArrayList<>();
    result.rows().forEach(row -> after.add(originals.getOrDefault(row, row)));
    rows.put(key, after);
    if (after.isEmpty()) {
      rows.remove(key);
    }
  }

  private static StoredRow withoutValues(StoredRow row) {
    Object[] values = new Object[row.values().length];
    values[0] = row.values()[0];
    return new StoredRow(values, row.sequence(), row.deletedAt(), row.validFrom(), row.validTo());
  }

  /** All rows, by key, and within a key in the order of their sequences. */
  List<StoredRow> rows() {
    List<StoredRow> all = new ArrayList<>();
    for (List<StoredRow> ofKey : rows.values()) {
      List<StoredRow> sorted = new ArrayList<>(ofKey);
      sorted.sort((a, b) -> a.sequence().compareTo(b.sequence()));
      all.addAll(sorted);
    }
    return all;
  }

  /** The hidden changes of all keys, truncates not counted. */
  int remembered() {
    return ledger.values().stream().mapToInt(List::size).sum();
  }
}
