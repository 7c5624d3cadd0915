package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.Change.Kind;
import org.beamlakehouse.transforms.merge.MergeRule;
import org.beamlakehouse.transforms.merge.MergeRules;
import org.beamlakehouse.transforms.merge.StoredRow;
import org.beamlakehouse.transforms.pack.ChangeBlock;
import org.beamlakehouse.transforms.pack.ChangeCodec;
import org.beamlakehouse.transforms.pack.Key;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Merges the changes of one shard into what a table has stored, and writes the difference to files
 * that are not yet part of it.
 *
 * <p>Of the stored rows it reads the key and the columns that decide between changes, in the files
 * that can hold a key of the changes; whole rows only of keys whose rule asks for them. A truncate
 * makes it read the keys of the whole shard.
 *
 * <p>Rows that the rule hands back as they are stay where they are. The others are deleted by
 * position and written anew, so a key may move to another partition.
 */
final class MergeBucket {
  /** A block that makes a merge a full refresh; real blocks are never empty. */
  static final byte[] FULL_REFRESH = new byte[0];

  private final CatalogConfig catalog;
  private final TableDefinition definition;
  private final MergeRule rule;
  private final ChangeCodec codec;
  private final Clock clock;

  /** A merge into one table. */
  MergeBucket(CatalogConfig catalog, TableDefinition definition, Clock clock) {
    this.catalog = catalog;
    this.definition = definition;
    this.rule = MergeRules.of(definition);
    this.codec = ChangeCodec.of(definition);
    this.clock = clock;
  }

  /**
   * Merges changes into one shard.
   *
   * @param blocks all changes of the shard's keys and every truncate, in any order, packed by
   *     {@link ChangeBlock}; iterated once. An empty block among them says the same as the mode
   *     {@code FULL_REFRESH}
   * @throws ConcurrentCommitException where the table is no longer split as the shard says
   */
  BucketResult merge(Shard shard, Iterable<byte[]> blocks, TablePlan.Mode mode) {
    TableState state = TableState.load(catalog, definition);
    KeptChanges.Writer kept = new KeptChanges.Writer(state::target);
    try {
      return merge(state, shard, kept.keeping(blocks), mode).keeping(kept.finish());
    } catch (RuntimeException e) {
      kept.abort(e);
      throw e;
    }
  }

  /** As {@link #merge(Shard, Iterable, TablePlan.Mode)}, into a table as it was loaded. */
  BucketResult merge(TableState state, Shard shard, Iterable<byte[]> blocks, TablePlan.Mode mode) {
    long started = clock.getAsLong();
    if (state.sharding().count() != shard.count()) {
      throw new ConcurrentCommitException(
          String.format(
              "Cannot merge into %s: it had %d parts when its changes were split, and now has %d;"
                  + " run again",
              definition.name(), shard.count(), state.sharding().count()));
    }
    ShardWriter writer = new ShardWriter(shard.index());
    try {
      Run run = new Run(state, shard, writer, mode);
      try (TargetWriter rows = run.rows) {
        return run.merge(blocks, started);
      }
    } catch (RuntimeException e) {
      writer.abort(e);
      throw e;
    }
  }

  /** One merge; holds what is in memory for it. */
  private final class Run {
    private final TableState state;
    private final Shard shard;
    private final ShardWriter writer;
    private TablePlan.Mode mode;
    private final TargetShape shape;
    private final Map<Key, KeyWork> works = new HashMap<>();
    private final List<Change> truncates = new ArrayList<>();
    private final TargetWriter rows;
    private final List<Remembered> remember = new ArrayList<>();
    private final MergeCounts counts = new MergeCounts(definition.storage());
    private List<StoredFile> files = List.of();

    /** A change for the ledger; the key is null for a truncate. */
    private record Remembered(@Nullable Key key, Change change) {}

    Run(TableState state, Shard shard, ShardWriter writer, TablePlan.Mode mode) {
      this.state = state;
      this.shard = shard;
      this.writer = writer;
      this.mode = mode;
      this.shape = new TargetShape(definition, state.target().schema());
      this.rows = new TargetWriter(state, shape, writer);
    }

    BucketResult merge(Iterable<byte[]> blocks, long started) {
      List<Change> newTruncates = new ArrayList<>();
      for (byte[] block : blocks) {
        if (block.length == 0) {
          mode = TablePlan.Mode.FULL_REFRESH;
        } else {
          ChangeBlock.of(codec, block).forEach(change -> group(change, newTruncates));
        }
      }
      TargetReader reader = new TargetReader(state, shape);
      if (mode != TablePlan.Mode.FULL_REFRESH && !(works.isEmpty() && newTruncates.isEmpty())) {
        read(reader, !newTruncates.isEmpty());
      }
      learn(newTruncates);
      fetch(reader);
      counts.read(reader);
      works.forEach(this::apply);
      return write(started);
    }

    private void learn(List<Change> newTruncates) {
      for (Change truncate : newTruncates) {
        if (truncates.stream().noneMatch(t -> t.sequence().sameOrder(truncate.sequence()))) {
          truncates.add(truncate);
          // Every shard gets every truncate; the first one remembers it for all.
          if (shard.index() == 0) {
            remember.add(new Remembered(null, truncate));
          }
        }
      }
    }

    /** Gives a change to the work of its key, a truncate to the list. */
    private void group(Change change, List<Change> newTruncates) {
      if (change.kind() == Kind.TRUNCATE) {
        if (definition.storage() != StorageType.EVENTS) {
          newTruncates.add(change);
        }
        return;
      }
      if (change.values() == null) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot merge into %s: a change of kind %s brings no key; only a truncate may",
                definition.name(), change.kind()));
      }
      int[] keyIndexes = definition.keyIndexes();
      Object[] key = new Object[keyIndexes.length];
      for (int i = 0; i < key.length; i++) {
        key[i] = change.values()[keyIndexes[i]];
      }
      works.computeIfAbsent(Key.of(key), k -> new KeyWork()).changes().add(change);
    }

    /** Finds the deciding columns of stored rows and what the ledger has. */
    private void read(TargetReader reader, boolean everyKey) {
      Expression ofShard = state.sharding().filter(shard.index());
      Expression ofKeys =
          everyKey
              ? Expressions.alwaysTrue()
              : KeyFilter.of(state.target().schema(), definition.keyColumns(), works.keySet());
      Function<Key, @Nullable KeyWork> find =
          everyKey ? key -> works.computeIfAbsent(key, k -> new KeyWork()) : works::get;
      files = reader.files(Expressions.and(ofShard, ofKeys));
      files.forEach(file -> reader.scan(file, ofKeys, find));
      Function<Key, @Nullable KeyWork> findKept =
          everyKey ? key -> ofThisShard(key) ? find.apply(key) : null : find;
      new LedgerReader(state).read(ofShard, ofKeys, findKept, truncates);
    }

    /** Reads the values of those stored rows whose rule asks for them. */
    private void fetch(TargetReader reader) {
      Map<Key, KeyWork> incomplete = new HashMap<>();
      works.forEach(
          (key, work) -> {
            if (!work.stored().isEmpty()
                && rule.needsStoredValues(work.stored(), remembered(work), work.changes())) {
              incomplete.put(key, work);
            }
          });
      reader.fetch(incomplete);
    }

    private boolean ofThisShard(Key key) {
      return state.sharding().shardOf(key.values()[0]) == shard.index();
    }

    private List<Change> remembered(KeyWork work) {
      if (truncates.isEmpty()) {
        return work.remembered();
      }
      List<Change> all = new ArrayList<>(truncates);
      all.addAll(work.remembered());
      return all;
    }

    private void apply(Key key, KeyWork work) {
      MergeRule.Result result = rule.merge(work.stored(), remembered(work), work.changes());
      Set<StoredRow> kept = Collections.newSetFromMap(new IdentityHashMap<>());
      kept.addAll(result.rows());
      List<StoredRow> removed = new ArrayList<>(1);
      List<KeyWork.Place> places = new ArrayList<>(1);
      for (int i = 0; i < work.stored().size(); i++) {
        if (!kept.contains(work.stored().get(i))) {
          removed.add(work.stored().get(i));
          KeyWork.Place place = work.places().get(i);
          places.add(place);
          place.file().delete(place.position());
        }
      }
      kept.clear();
      kept.addAll(work.stored());
      List<StoredRow> added = new ArrayList<>(1);
      for (StoredRow row : result.rows()) {
        if (!kept.contains(row)) {
          added.add(row);
          int before = MergeCounts.counterpart(row, removed);
          rows.add(new NewRow(shape.toRow(row), before < 0 ? null : places.get(before)));
        }
      }
      result.remember().forEach(change -> remember.add(new Remembered(key, change)));
      if (!added.isEmpty() || !removed.isEmpty()) {
        counts.changed(removed, added, result.rows());
      } else if (result.remember().isEmpty()) {
        counts.ignored(work.changes().size());
      }
    }

    private BucketResult write(long started) {
      Table target = state.target();
      TargetWriter.Written written = rows.finish(files);
      return new BucketResult(
          UUID.randomUUID(),
          shard,
          state.base(),
          state.ledgerBase(),
          ShardWriter.toJson(target, written.dataFiles()),
          ShardWriter.toJson(target, written.deletes()),
          ShardWriter.toJson(target, written.replacedDeletes()),
          ShardWriter.toJson(target, written.removedFiles()),
          written.referencedFiles(),
          writeLedger(),
          counts.toMap(),
          started,
          null);
    }

    private List<String> writeLedger() {
      if (remember.isEmpty()) {
        return List.of();
      }
      Table ledger =
          state.ledger() != null
              ? state.ledger()
              : SilverTables.ledger(catalog, definition, state.target(), state.sharding().count());
      LedgerShape ledgerShape = new LedgerShape(definition, ledger.schema());
      List<StructLike> rows =
          remember.stream()
              .map(r -> ledgerShape.toRow(r.key() == null ? null : r.key().values(), r.change()))
              .toList();
      return ShardWriter.toJson(ledger, writer.writeRows(ledger, rows));
    }
  }
}
