package org.beamlakehouse.io.internal.merge.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.util.Tasks;
import org.apache.iceberg.util.ThreadPools;
import org.beamlakehouse.io.internal.merge.changes.ByteLists;
import org.beamlakehouse.io.internal.merge.changes.ChangeTable;
import org.beamlakehouse.io.internal.merge.changes.HashRange;
import org.beamlakehouse.io.internal.merge.changes.KeyTable;
import org.beamlakehouse.io.internal.merge.stored.FoundRows;
import org.beamlakehouse.io.internal.merge.stored.KeyFilter;
import org.beamlakehouse.io.internal.merge.stored.KeyScan;
import org.beamlakehouse.io.internal.merge.stored.LedgerReader;
import org.beamlakehouse.io.internal.merge.stored.ShardView;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;
import org.beamlakehouse.io.internal.merge.stored.StoredPosition;
import org.beamlakehouse.io.internal.merge.stored.WantedKeys;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Merges the keys of one part of a shard: finds their stored rows and what the ledger has of them,
 * and applies the rule key by key.
 */
final class HashRangeMerge {
  /** What comes out of a merge, key by key. */
  interface Output {
    /**
     * A row to write.
     *
     * @param before where the stored row lies that it takes the place of; null for one that is new
     */
    void row(StoredRow row, @Nullable StoredPosition before);

    /** A stored row that goes. */
    void remove(StoredPosition place);

    /** A change for the ledger. */
    void remember(Object[] key, Change change);
  }

  private final ShardView view;
  private final ChangeCodec codec;
  private final MergeRule rule;
  private final HashRange part;
  private final ChangeTable changes;
  private final KeyTable keys;
  private final WantedKeys.Extent extent;
  private final long budget;
  private final long rowBudget;
  private final TreeMap<Sequence, Change> truncates = new TreeMap<>();
  private final ByteLists remembered = new ByteLists();
  private final FoundRows found;
  private List<StoredFile> files = List.of();

  /**
   * A merge of one part.
   *
   * @param changes of the part, maybe of others too
   * @param newTruncates the truncates that arrived
   * @param budget bytes that found rows may take
   */
  HashRangeMerge(
      ShardView view,
      MergeRule rule,
      HashRange part,
      ChangeTable changes,
      Collection<Change> newTruncates,
      long budget) {
    this.view = view;
    this.codec = view.codec();
    this.rule = rule;
    this.part = part;
    this.changes = changes;
    this.keys = changes.keys();
    this.extent = newTruncates.isEmpty() ? WantedKeys.Extent.CHANGED : WantedKeys.Extent.ALL;
    // A single slot cannot be split any more: it has to fit.
    this.budget = part.isSplittable() ? budget : Long.MAX_VALUE;
    this.rowBudget = budget;
    this.found = new FoundRows(this.budget);
    newTruncates.forEach(truncate -> truncates.put(truncate.sequence(), truncate));
  }

  /**
   * Reads what is stored for the keys of the part.
   *
   * @return false where that takes too much memory; nothing else may be called then
   */
  boolean read() {
    WantedKeys wanted = new WantedKeys(keys, part, extent);
    Expression ofKeys =
        extent == WantedKeys.Extent.ALL
            ? Expressions.alwaysTrue()
            : KeyFilter.of(view.schema(), codec, keys, part);
    if (ofKeys.op() == Expression.Operation.FALSE) {
      return true;
    }
    files = view.reader().files(Expressions.and(view.ofShard(), ofKeys));
    Tasks.range(files.size())
        // The shards of a table are merged side by side; one that is alone uses all processors.
        .executeWith(view.isAlone() && files.size() > 1 ? ThreadPools.getWorkerPool() : null)
        .stopOnFailure()
        .throwFailureWhenFinished()
        .run(i -> view.reader().scan(new KeyScan.Target(files.get(i), i, wanted, found), ofKeys));
    if (found.isFull()) {
      return false;
    }
    view.ledger().read(view.ofShard(), ofKeys, new Ledger(wanted));
    return remembered.memory() <= budget;
  }

  /** Takes in what the ledger has. */
  private final class Ledger implements LedgerReader.Visitor {
    private final WantedKeys wanted;

    Ledger(WantedKeys wanted) {
      this.wanted = wanted;
    }

    @Override
    public void change(Object[] key, Change change) {
      if (!view.owns(key)) {
        return;
      }
      byte[] keyBytes = codec.keyBytes(key);
      int number = wanted.find(keyBytes, 0, keyBytes.length);
      if (number != KeyTable.NONE && remembered.memory() <= budget) {
        byte[] bytes = codec.toBytes(change);
        remembered.add(number, bytes, 0, bytes.length);
      }
    }

    @Override
    public void truncate(Change change) {
      truncates.put(change.sequence(), change);
    }
  }

  /** The truncates of which the ledger has no copy, neither at their place nor further up. */
  List<Change> unknown(Collection<Change> newTruncates) {
    return newTruncates.stream().filter(this::isUnknown).toList();
  }

  private boolean isUnknown(Change truncate) {
    Sequence sequence = truncate.sequence();
    Sequence below = truncates.lowerKey(sequence);
    // Those of the ledger took the place of new ones of their very sequence.
    return truncates.get(sequence) == truncate && (below == null || !below.sameOrder(sequence));
  }

  /** Applies the rule to every key of the part. */
  void apply(MergeCounts counts, Output output) {
    new Applying(counts, output).run();
  }

  private final class Applying {
    private final MergeCounts counts;
    private final Output output;
    private final int fetchRows;
    private int[] incomplete = new int[16];
    private int incompleteCount;
    private int rowsToFetch;

    Applying(MergeCounts counts, Output output) {
      this.counts = counts;
      this.output = output;
      this.fetchRows = (int) Math.max(1, Math.min(1 << 24, rowBudget / view.rowMemory()));
    }

    void run() {
      for (int key : part.keys(keys)) {
        start(key);
      }
      fetchAndFinish();
    }

    private void start(int key) {
      List<Change> arrived = changes.changes(key);
      List<Change> known = known(key);
      int rows = 0;
      List<StoredRow> stored = new ArrayList<>(1);
      for (int row = found.first(key); row != FoundRows.NONE; row = found.next(row)) {
        stored.add(TargetShape.deciding(found.sequence(row), found.deletedAt(row)));
        rows++;
      }
      if (rows == 0 || !rule.needsStoredValues(stored, known, arrived)) {
        finish(key, stored, known, arrived);
        return;
      }
      if (rowsToFetch > 0 && rowsToFetch + rows > fetchRows) {
        fetchAndFinish();
      }
      if (incompleteCount == incomplete.length) {
        incomplete = Arrays.copyOf(incomplete, incompleteCount * 2);
      }
      incomplete[incompleteCount++] = key;
      rowsToFetch += rows;
    }

    private List<Change> known(int key) {
      if (truncates.isEmpty() && remembered.count(key) == 0) {
        return List.of();
      }
      List<Change> known = new ArrayList<>(truncates.values());
      remembered.visit(
          key,
          (array, offset, length) -> known.add(codec.read(ByteInput.of(array, offset, length))));
      return known;
    }

    /** Merges the keys whose stored values matter. */
    private void fetchAndFinish() {
      if (incompleteCount == 0) {
        return;
      }
      int[] wanted = new int[rowsToFetch];
      int count = 0;
      for (int i = 0; i < incompleteCount; i++) {
        for (int row = found.first(incomplete[i]); row != FoundRows.NONE; row = found.next(row)) {
          wanted[count++] = row;
        }
      }
      StoredRow[] rows = new StoredRow[found.size()];
      view.reader().fetch(found, wanted, files, (number, row) -> rows[number] = row);
      for (int i = 0; i < incompleteCount; i++) {
        int key = incomplete[i];
        List<StoredRow> stored = new ArrayList<>(1);
        for (int row = found.first(key); row != FoundRows.NONE; row = found.next(row)) {
          stored.add(rows[row]);
        }
        finish(key, stored, known(key), changes.changes(key));
      }
      incompleteCount = 0;
      rowsToFetch = 0;
    }

    private void finish(int key, List<StoredRow> stored, List<Change> known, List<Change> arrived) {
      MergeRule.Result result = rule.merge(stored, known, arrived);
      List<StoredRow> added = without(result.rows(), stored);
      List<StoredRow> removed = without(stored, result.rows());
      List<StoredPosition> places = remove(key, stored, removed);
      RowVersions gone = RowVersions.of(removed);
      for (StoredRow row : added) {
        int before = gone.find(row);
        output.row(row, before < 0 ? null : places.get(before));
      }
      if (!result.remember().isEmpty()) {
        Object[] values = codec.key(keys.keyBytes(key));
        result.remember().forEach(change -> output.remember(values, change));
      }
      if (!added.isEmpty() || !removed.isEmpty()) {
        counts.changed(gone, added, result.rows());
      } else if (result.remember().isEmpty()) {
        counts.ignored(changes.count(key));
      }
    }

    /** Removes some of a key's rows, which are in its order, and tells where they lie. */
    private List<StoredPosition> remove(int key, List<StoredRow> stored, List<StoredRow> removed) {
      List<StoredPosition> places = new ArrayList<>(removed.size());
      int row = found.first(key);
      for (StoredRow one : stored) {
        if (places.size() < removed.size() && one == removed.get(places.size())) {
          StoredPosition place =
              new StoredPosition(files.get(found.file(row)), found.position(row), found.rowId(row));
          output.remove(place);
          places.add(place);
        }
        row = found.next(row);
      }
      return places;
    }
  }

  /** The rows that are, as objects, not among others. */
  private static List<StoredRow> without(List<StoredRow> rows, List<StoredRow> others) {
    if (others.isEmpty() || rows.isEmpty()) {
      return rows;
    }
    if (rows.size() == 1 && others.size() == 1) {
      return rows.get(0) == others.get(0) ? List.of() : rows;
    }
    Set<StoredRow> known = identities(others);
    return rows.stream().filter(row -> !known.contains(row)).toList();
  }

  private static Set<StoredRow> identities(List<StoredRow> rows) {
    Set<StoredRow> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    identities.addAll(rows);
    return identities;
  }
}
