package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.io.internal.merge.changes.ShippedBlocks;
import org.beamlakehouse.io.internal.merge.commit.CommitStep;
import org.beamlakehouse.io.internal.merge.commit.TableCommit;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.merge.RowHash;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.pack.Key;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;

/** One table in an embedded catalog, merged into batch by batch without Beam. */
public final class TestTables {
  public static final String UPSTREAM = "bronze.source";

  private final CatalogConfig catalog;
  private final TableDefinition definition;
  private final List<Change> all = new ArrayList<>();
  private long batches;
  private long memory = 16 << 20;

  public TestTables(Path folder, TableDefinition definition) {
    this(catalog(folder), definition);
  }

  public TestTables(CatalogConfig catalog, TableDefinition definition) {
    this.catalog = catalog;
    this.definition = definition;
  }

  public static CatalogConfig catalog(Path folder) {
    return new CatalogConfig(
        "test",
        Map.of(
            "type",
            "jdbc",
            "uri",
            // No test pulls the plug, so nothing has to wait for the disk.
            "jdbc:sqlite:" + folder.resolve("catalog.db") + "?synchronous=OFF&journal_mode=MEMORY",
            "warehouse",
            folder.resolve("warehouse").toUri().toString(),
            "jdbc.schema-version",
            "V1"));
  }

  /** Lets merges take no more than some bytes per pass. */
  public TestTables withMemory(long bytes) {
    memory = bytes;
    return this;
  }

  public CatalogConfig catalog() {
    return catalog;
  }

  public TableDefinition definition() {
    return definition;
  }

  public Table table() {
    return Catalogs.load(catalog, definition.name());
  }

  public Table ledger() {
    return Catalogs.load(catalog, definition.ledgerName());
  }

  /** Merges a batch and commits it. */
  public CommittedSnapshot merge(Change... changes) {
    return merge(List.of(changes));
  }

  public CommittedSnapshot merge(List<Change> changes) {
    return commit(prepare(changes));
  }

  /** Merges a batch of which no progress is kept. */
  public CommittedSnapshot mergeUntracked(Change... changes) {
    return commit(TablePlan.untracked(definition.name()), prepare(List.of(changes)));
  }

  /** Works a batch without committing it. */
  public List<ShardResult> prepare(List<Change> changes) {
    synchronized (all) {
      all.addAll(changes);
    }
    return prepare(changes, TablePlan.Mode.INCREMENTAL);
  }

  public List<ShardResult> prepare(List<Change> changes, TablePlan.Mode mode) {
    return prepare(changes, mode, () -> {});
  }

  /** Works a batch; something happens after its changes were split and before they are merged. */
  public List<ShardResult> prepare(List<Change> changes, TablePlan.Mode mode, Runnable between) {
    Table table = SilverTables.target(catalog, definition);
    Sharding sharding = Sharding.of(table, definition);
    ChangeCodec codec = ChangeCodec.of(definition);
    Map<Integer, ChangeBlock.Writer> shards = new TreeMap<>();
    for (Change change : changes) {
      int first = 0;
      int last = sharding.count() - 1;
      if (change.kind() != Kind.TRUNCATE) {
        first = sharding.shardOf(change.values()[definition.keyIndexes()[0]]);
        last = first;
      }
      for (int i = first; i <= last; i++) {
        shards.computeIfAbsent(i, s -> ChangeBlock.writer(codec)).add(change);
      }
    }
    between.run();
    ShardMerge bucket = mergeBucket();
    List<ShardResult> results = new ArrayList<>();
    shards.forEach(
        (index, block) ->
            results.add(
                bucket.merge(
                    new Shard(definition.name(), index, sharding.count()),
                    List.of(ShippedBlocks.pack(block.finish())),
                    mode)));
    return results;
  }

  public CommittedSnapshot commit(List<ShardResult> results, CommitNote... notes) {
    batches++;
    return commit(plan(batches), results, notes);
  }

  /** Commits a batch that was worked; tells an observer of each step. */
  public CommittedSnapshot commit(List<ShardResult> results, CommitStep.Observer observer) {
    batches++;
    return new TableCommit(
            MergeTargets.of(catalog, List.of(definition), "1.0", System::currentTimeMillis),
            definition,
            mergeBucket(),
            observer)
        .commit(plan(batches), List.of(), results);
  }

  public CommittedSnapshot commit(TablePlan plan, List<ShardResult> results, CommitNote... notes) {
    return new TableCommit(catalog, definition, "1.0", System::currentTimeMillis, mergeBucket())
        .commit(plan, List.of(notes), results);
  }

  /** Commits under a plan; tells an observer of each step. */
  public CommittedSnapshot commit(
      TablePlan plan, List<ShardResult> results, CommitStep.Observer observer) {
    return new TableCommit(
            MergeTargets.of(catalog, List.of(definition), "1.0", System::currentTimeMillis),
            definition,
            mergeBucket(),
            observer)
        .commit(plan, List.of(), results);
  }

  private ShardMerge mergeBucket() {
    return new ShardMerge(catalog, definition, System::currentTimeMillis, memory);
  }

  public TablePlan plan(long upTo) {
    return TablePlan.incremental(
        definition.name(), UPSTREAM, new Progress.Position(1000 + upTo, upTo));
  }

  /** Merges all changes given so far again, as the only ones there are. */
  public CommittedSnapshot refresh(Change... changes) {
    batches++;
    all.clear();
    all.addAll(List.of(changes));
    return commit(
        TablePlan.fullRefresh(
            definition.name(), UPSTREAM, new Progress.Position(1000 + batches, batches)),
        prepare(List.of(changes), TablePlan.Mode.FULL_REFRESH));
  }

  // What changes look like: values are the contract's columns, provenance is filled in.

  public Change upsert(long sequence, Object... values) {
    return change(Kind.UPSERT, sequence, null, values);
  }

  public Change partial(long sequence, String unsentColumn, Object... values) {
    BitSet unsent = new BitSet();
    unsent.set(definition.indexOf(unsentColumn));
    return change(Kind.UPSERT, sequence, unsent, values);
  }

  public Change delete(long sequence, Object... key) {
    Object[] values = new Object[definition.columns().size()];
    BitSet unsent = new BitSet();
    unsent.set(0, values.length);
    for (int i = 0; i < key.length; i++) {
      values[definition.keyIndexes()[i]] = key[i];
      unsent.clear(definition.keyIndexes()[i]);
    }
    return change(Kind.DELETE, sequence, unsent, values);
  }

  public Change truncate(long sequence) {
    return new Change(
        Kind.TRUNCATE, Sequence.of(sequence), time(sequence), validTime(sequence), null, null);
  }

  private Change change(Kind kind, long sequence, BitSet unsent, Object... values) {
    Object[] carried = Arrays.copyOf(values, definition.carriedColumns().size());
    int provenance = carried.length - 5;
    if (definition.hasEventColumns()) {
      Instant time = (Instant) values[definition.indexOf(definition.eventTime())];
      carried[values.length] = LocalDate.ofInstant(time, ZoneOffset.UTC);
      carried[values.length + 1] = 0L;
      carried[values.length + 2] = false;
    }
    carried[provenance] = time(1_000_000);
    carried[provenance + 1] = true;
    carried[provenance + 3] = "1.0";
    return new Change(
        kind, Sequence.of(sequence), time(sequence), validTime(sequence), carried, unsent);
  }

  private Comparable<?> validTime(long sequence) {
    return definition.sequenceBy().isEmpty() ? time(sequence) : (Comparable<?>) sequence;
  }

  public static Instant time(long sequence) {
    return Instant.EPOCH.plusSeconds(sequence * 60);
  }

  // Reading back.

  /** The rows of the target, as text, sorted; all columns. */
  public List<String> rows() {
    return rows(table());
  }

  public static List<String> rows(Table table) {
    List<String> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      records.forEach(record -> rows.add(text(table, record)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rows.sort(null);
    return rows;
  }

  /** The rows that the rule gives for all changes ever merged, in no matter what batches. */
  public List<String> expected() {
    return expected(all);
  }

  public List<String> expected(List<Change> changes) {
    MergeRule rule = MergeRules.of(definition);
    List<Change> truncates = new ArrayList<>();
    Map<Key, List<Change>> keys = new HashMap<>();
    for (Change change : changes) {
      if (change.kind() == Kind.TRUNCATE) {
        truncates.add(change);
      } else {
        Object[] key =
            Arrays.stream(definition.keyIndexes()).mapToObj(i -> change.values()[i]).toArray();
        keys.computeIfAbsent(Key.of(key), k -> new ArrayList<>()).add(change);
      }
    }
    List<String> rows = new ArrayList<>();
    keys.forEach(
        (key, ofKey) -> {
          for (StoredRow row : rule.merge(List.of(), truncates, ofKey).rows()) {
            rows.add(text(row));
          }
        });
    rows.sort(null);
    return rows;
  }

  public static String text(Table table, Record record) {
    StringBuilder text = new StringBuilder();
    for (Types.NestedField field : table.schema().columns()) {
      append(
          text,
          field.name(),
          IcebergTypes.fromIceberg(field.type(), record.getField(field.name())));
    }
    return text.toString();
  }

  /** A row of a merge rule as the table should show it. */
  private String text(StoredRow row) {
    List<Column> carried = definition.carriedColumns();
    StringBuilder text = new StringBuilder();
    for (Column column : definition.storedColumns()) {
      Object value =
          switch (column.name()) {
            case SystemColumns.IS_DELETED -> row.isDeleted();
            case SystemColumns.DELETED_AT -> row.deletedAt();
            case SystemColumns.VALID_FROM -> row.validFrom();
            case SystemColumns.VALID_TO -> row.validTo();
            case SystemColumns.IS_CURRENT -> row.validTo() == null;
            case SystemColumns.ROW_HASH -> RowHash.of(definition).hash(row.values());
            case SystemColumns.SEQUENCE -> row.sequence().bytes();
            default -> {
              int index = 0;
              while (!carried.get(index).name().equals(column.name())) {
                index++;
              }
              yield row.values()[index];
            }
          };
      append(text, column.name(), value);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String name, Object value) {
    text.append(name)
        .append('=')
        .append(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value)
        .append(' ');
  }

  public static List<FileScanTask> files(Table table) {
    List<FileScanTask> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(files::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  public Progress progress() {
    return Progress.of(table());
  }
}
