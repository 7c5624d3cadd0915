package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.merge.commit.RandomCommits;
import org.beamlakehouse.io.internal.merge.table.RewriteThreshold;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.TableInvariants.Lineage;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Random histories, merged in batches into tables of every mode and layout, alone and while others
 * commit, and checked.
 */
public final class RandomMerges implements AutoCloseable {
  /** Bytes that are enough for any history. */
  public static final long ENOUGH = 16L << 20;

  /** So few bytes that changes go to disk and come back in as many parts as there can be. */
  public static final long TOO_LITTLE = 300;

  /** How rows are taken out; the last one changes from batch to batch. */
  public enum Mode {
    V2_POSITION_DELETES("2", "merge-on-read"),
    V2_COPY_ON_WRITE("2", "copy-on-write"),
    V3_VECTORS("3", "merge-on-read"),
    V3_COPY_ON_WRITE("3", "copy-on-write"),
    CHANGING("2", "merge-on-read");

    public final Map<String, String> properties;

    Mode(String formatVersion, String mergeMode) {
      this.properties =
          Map.of(
              TableProperties.FORMAT_VERSION, formatVersion,
              TableProperties.MERGE_MODE, mergeMode,
              TableProperties.COMMIT_MIN_RETRY_WAIT_MS, "1");
    }
  }

  /** How the table is partitioned; the last one changes from batch to batch. */
  enum Layout {
    BUCKETS("bucket(2, id)"),
    NONE("bucket(2, id)"),
    DAYS_AND_BUCKETS("day(at)", "bucket(2, id)"),
    VALUES("kind"),
    PREFIXES("truncate(2, kind)", "bucket(2, id)"),
    EVOLVING("bucket(2, id)");

    final List<String> transforms;

    Layout(String... transforms) {
      this.transforms = List.of(transforms);
    }
  }

  /** Keys of a history; in one with other writers, these delete the last two now and then. */
  private static final int IDS = 6;

  private static final Set<Long> DELETED_BY_OTHERS = Set.of(IDS - 2L, IDS - 1L);

  /**
   * A table and the seed of its history.
   *
   * @param others commit while it is merged
   */
  public record History(
      Mode mode,
      Layout layout,
      StorageType storage,
      DeleteMode deletes,
      boolean others,
      long memory,
      long seed) {}

  private final Path folder;
  private final CatalogConfig catalog;
  private int tables;

  public RandomMerges() throws IOException {
    folder = Files.createTempDirectory("merge");
    catalog = TestTables.catalog(folder);
  }

  @Override
  public void close() throws IOException {
    try (var walk = Files.walk(folder)) {
      walk.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    }
  }

  /**
   * Histories of all kinds.
   *
   * @param memory of a merge in bytes
   */
  public static Arbitrary<History> histories(long memory) {
    // Merging little by little takes its time, and is the same once more when others come.
    Arbitrary<Boolean> others =
        memory == ENOUGH ? Arbitraries.of(true, false) : Arbitraries.just(false);
    return Combinators.combine(
            Arbitraries.of(Mode.class),
            Arbitraries.of(Layout.class),
            Arbitraries.of(StorageType.LATEST, StorageType.HISTORY),
            Arbitraries.of(DeleteMode.class),
            others,
            Arbitraries.just(memory),
            Arbitraries.longs())
        .as(History::new);
  }

  /** Merges a history batch by batch, checking the table after each. */
  public void check(History history) {
    Random random = new Random(history.seed());
    TestTables table = table(history);
    List<Change> sent = new ArrayList<>();
    RandomCommits others =
        new RandomCommits(
            table, random, () -> changes(history, table, random, sent), DELETED_BY_OTHERS);
    Map<String, Lineage> before = Map.of();
    int batches = 2 + random.nextInt(3);
    for (int batch = 0; batch < batches; batch++) {
      List<Change> changes = changes(history, table, random, sent);
      if (history.others()) {
        others.mergeAmongOthers(changes);
        // Others give rows new ids, and make more than one commit of a batch.
        before = null;
      } else {
        table.merge(changes);
      }
      String of = "batch " + batch + " of " + history;
      assertThat(
          of,
          without(others.deleted(), table.rows()),
          equalTo(without(others.deleted(), table.expected())));
      Table merged = table.table();
      if (history.mode() != Mode.CHANGING) {
        TableInvariants.checkFiles(of, merged);
      }
      if (!history.others()) {
        TableInvariants.checkDeletedShares(of, merged);
      }
      if (merged.currentSnapshot() != null) {
        Map<String, Lineage> now = TableInvariants.lineage(merged, table.definition());
        if (before != null) {
          TableInvariants.checkLineage(of, before, now, merged.currentSnapshot().sequenceNumber());
        }
        // Rows from before an upgrade to row ids get theirs with the next commit.
        before = TableUtil.supportsRowLineage(merged) ? now : null;
      }
      evolve(history, merged, random);
    }
  }

  private TestTables table(History history) {
    TableDefinition definition =
        TableDefinition.builder()
            .name("silver.t" + tables++)
            .storage(history.storage())
            .columns(
                Column.required("id", ColumnType.LONG),
                Column.of("kind", ColumnType.STRING),
                Column.of("note", ColumnType.STRING),
                Column.of("at", ColumnType.TIMESTAMPTZ))
            .keyColumns("id")
            .trackedColumns(List.of("kind"))
            .sequenceBy("version")
            .deletes(history.deletes())
            .partitionBy(history.layout().transforms)
            .tableProperties(properties(history))
            .build();
    if (history.layout() == Layout.NONE) {
      SilverTables.target(catalog, definition).updateSpec().removeField("id_bucket").commit();
    }
    return new TestTables(catalog, definition).withMemory(history.memory());
  }

  /** Every other table rewrites files of which half the rows are deleted. */
  private static Map<String, String> properties(History history) {
    Map<String, String> properties = new HashMap<>(history.mode().properties);
    if (history.seed() % 2 == 0) {
      properties.put(RewriteThreshold.KEY, "0.5");
    }
    return properties;
  }

  private static void evolve(History history, Table table, Random random) {
    if (history.mode() == Mode.CHANGING) {
      boolean copies = random.nextBoolean();
      table
          .updateProperties()
          .set(TableProperties.MERGE_MODE, copies ? "copy-on-write" : "merge-on-read")
          .set(TableProperties.FORMAT_VERSION, random.nextInt(3) == 0 ? "3" : version(table))
          .commit();
    }
    if (history.layout() == Layout.EVOLVING) {
      UpdatePartitionSpec update = table.updateSpec();
      table.spec().fields().forEach(field -> update.removeField(field.name()));
      switch (random.nextInt(4)) {
        case 0 -> update.addField("kind");
        case 1 -> update.addField(Expressions.bucket("id", 2)).addField(Expressions.day("at"));
        case 2 -> update.addField(Expressions.bucket("id", 3));
        default -> update.addField(Expressions.truncate("kind", 1));
      }
      update.commit();
    }
  }

  private static String version(Table table) {
    return String.valueOf(TableUtil.formatVersion(table));
  }

  private static List<String> without(Set<Long> ids, List<String> rows) {
    return rows.stream()
        .filter(row -> ids.stream().noneMatch(id -> row.startsWith("id=" + id + " ")))
        .toList();
  }

  private static List<Change> changes(
      History history, TestTables table, Random random, List<Change> sent) {
    List<Change> changes = new ArrayList<>();
    int count = 1 + random.nextInt(10);
    for (int i = 0; i < count; i++) {
      long sequence = 1 + random.nextInt(12);
      if (history.others()) {
        // As real sources have it: merges at once rely on no two changes being at one position.
        sequence = sequence * 1_000 + sent.size() + i;
      }
      changes.add(change(table, random, sequence, sent));
    }
    sent.addAll(changes);
    return changes;
  }

  private static Change change(TestTables table, Random random, long sequence, List<Change> sent) {
    long id = random.nextInt(IDS);
    String kind = random.nextInt(6) == 0 ? null : "kind" + random.nextInt(3);
    String note = random.nextBoolean() ? null : "n" + random.nextInt(2);
    Object at = random.nextInt(5) == 0 ? null : TestTables.time(1440L * random.nextInt(3));
    return switch (random.nextInt(12)) {
      case 0, 1 -> table.delete(sequence, id);
      case 2 -> table.partial(sequence, "note", id, kind, null, at);
      case 3 -> random.nextInt(3) == 0 ? table.truncate(sequence) : table.delete(sequence, id);
      case 4, 5 ->
          sent.isEmpty()
              ? table.upsert(sequence, id, kind, note, at)
              : sent.get(random.nextInt(sent.size()));
      default -> table.upsert(sequence, id, kind, note, at);
    };
  }
}
