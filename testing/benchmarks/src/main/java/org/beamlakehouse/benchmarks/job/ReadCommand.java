package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.testing.spark.SparkProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures what many merges leave to readers: the time to read a whole table before them and after
 * them, for each write mode, and for equality deletes as streaming sinks write them.
 */
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description = "The time to read a table before and after many merges, for each write mode")
public final class ReadCommand implements Callable<Integer> {
  private static final String EQUALITY = "equality deletes (v2)";

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--rows", description = "of each table at first (${DEFAULT-VALUE})")
  private int rows = 5_000_000;

  @Option(names = "--changes", description = "records per batch (${DEFAULT-VALUE})")
  private int changes = 100_000;

  @Option(names = "--batches", description = "that are merged (${DEFAULT-VALUE})")
  private int batches = 20;

  @Option(names = "--buckets", description = "of each table (${DEFAULT-VALUE})")
  private int buckets = 8;

  @Option(names = "--reads", description = "measured reads, after one more (${DEFAULT-VALUE})")
  private int reads = 5;

  /** A table under test. */
  private record Subject(String name, LakehousePeer peer, long base) {}

  @Override
  public Integer call() throws IOException {
    common.work(folder -> common.publish(measure(folder)));
    return 0;
  }

  private String measure(Path folder) throws IOException {
    Map<String, Map<String, String>> modes = new LinkedHashMap<>();
    modes.put("deletion vectors (v3)", Map.of());
    for (int percent : new int[] {10, 5}) {
      modes.put(
          String.format("deletion vectors (v3), files rewritten at %d %% deleted", percent),
          Map.of("beam-lakehouse.merge.delete-ratio-threshold", Double.toString(percent / 100.0)));
    }
    modes.put("position deletes (v2)", Map.of("format-version", "2"));
    modes.put("copy-on-write (v3)", Map.of("write.merge.mode", "copy-on-write"));
    modes.put(EQUALITY, Map.of("format-version", "2"));
    List<Subject> subjects = new ArrayList<>();
    for (Map.Entry<String, Map<String, String>> mode : modes.entrySet()) {
      common.tell("filling the table with " + mode.getKey());
      JobSetup setup = common.setup(folder, new Sizes(rows, changes, buckets), mode.getValue());
      LakehousePeer peer =
          new LakehousePeer(
              setup,
              Files.createDirectories(folder.resolve("table" + subjects.size())),
              LakehousePeer.Program.PLAIN);
      subjects.add(new Subject(mode.getKey(), peer, peer.table().currentSnapshot().snapshotId()));
    }
    if (common.hasBefore()) {
      JobSetup setup =
          common.before(common.setup(folder, new Sizes(rows, changes, buckets), Map.of()), folder);
      LakehousePeer peer =
          new LakehousePeer(
              setup,
              Files.createDirectories(folder.resolve("before")),
              LakehousePeer.Program.PLAIN);
      subjects.add(
          new Subject(
              "deletion vectors (v3), the version before",
              peer,
              peer.table().currentSnapshot().snapshotId()));
    }
    List<Series> merges = merge(subjects, folder.resolve("input"));
    JobSetup setup = common.setup(folder, new Sizes(rows, changes, buckets), Map.of());
    return String.format(
            Locale.ROOT,
            "%nWhole table of %,d rows read before and after %d merges of %,d changes (%s).%n",
            rows,
            batches,
            changes,
            Report.machine(setup))
        + mergesTable(merges)
        + table("Iceberg's generic reader, one thread", subjects, ReadCommand::readGenerically)
        + sparkTable(subjects, setup, folder);
  }

  /** Merges all batches, and tells what that took of those that our program merges. */
  private List<Series> merge(List<Subject> subjects, Path input) {
    OrderLog log = new OrderLog(rows, 0);
    Oracle oracle = new Oracle(rows);
    EqualityDeletes equality = null;
    List<Peer.Session> sessions = new ArrayList<>();
    List<Series> merges = new ArrayList<>();
    try {
      for (Subject subject : subjects) {
        if (subject.name().equals(EQUALITY)) {
          equality = new EqualityDeletes(subject.peer().table());
        } else {
          sessions.add(subject.peer().start());
          merges.add(new Series(subject.name()));
        }
      }
      for (int batch = 1; batch <= batches; batch++) {
        common.tell("batch " + batch);
        List<OrderChange> delivered = log.nextBatch(changes);
        oracle.deliver(delivered);
        BatchFiles.write(input, batch, delivered);
        for (int i = 0; i < sessions.size(); i++) {
          merges.get(i).add(sessions.get(i).run(batch));
        }
        equality.merge(delivered);
      }
    } finally {
      sessions.forEach(Peer.Session::close);
    }
    for (Subject subject : subjects) {
      Contents actual = Contents.of(subject.peer().table());
      if (!actual.equals(oracle.expected())) {
        throw new IllegalStateException(
            String.format(
                "Cannot compare %s: its table is %s and must be %s",
                subject.name(), actual, oracle.expected()));
      }
    }
    return merges;
  }

  private static String mergesTable(List<Series> merges) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                "%n| merge of a batch, plain Java | median s | least–most s | mean s | CPU s |%n"
                    + "|---|---|---|---|---|%n"));
    for (Series series : merges) {
      text.append(
          String.format(
              "| %s | %s | %s | %s | %s |%n",
              series.name(),
              Series.seconds(series.wall()),
              series.spread(),
              Series.seconds(series.mean().wall()),
              Series.seconds(series.mean().cpu())));
    }
    return text.toString();
  }

  /** Reads all rows of a snapshot. */
  private interface Reading {
    Cost read(Subject subject, long snapshot);
  }

  private String table(String reader, List<Subject> subjects, Reading reading) {
    List<Series> before = subjects.stream().map(s -> new Series(s.name())).toList();
    List<Series> after = subjects.stream().map(s -> new Series(s.name())).toList();
    for (int round = 0; round <= reads; round++) {
      for (int i = 0; i < subjects.size(); i++) {
        Subject subject = subjects.get(i);
        Cost first = reading.read(subject, subject.base());
        Cost last = reading.read(subject, subject.peer().table().currentSnapshot().snapshotId());
        common.tell(
            String.format(
                "%s, %s: before %s s, after %s s",
                reader, subject.name(), Series.seconds(first.wall()), Series.seconds(last.wall())));
        if (round > 0) {
          before.get(i).add(first);
          after.get(i).add(last);
        }
      }
    }
    StringBuilder text =
        new StringBuilder(
            String.format(
                "%n| %s | before s | after s | least–most s | after ÷ before |%n"
                    + "|---|---|---|---|---|%n",
                reader));
    for (int i = 0; i < subjects.size(); i++) {
      text.append(
          String.format(
              "| %s | %s | %s | %s | %s |%n",
              subjects.get(i).name(),
              Series.seconds(before.get(i).wall()),
              Series.seconds(after.get(i).wall()),
              after.get(i).spread(),
              before.get(i).ratio(after.get(i))));
    }
    return text.toString();
  }

  private static Cost readGenerically(Subject subject, long snapshot) {
    Table table = subject.peer().table();
    long started = System.nanoTime();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(table).useSnapshot(snapshot).build()) {
      long count = 0;
      for (Record record : records) {
        count += record.size() > 0 ? 1 : 0;
      }
      if (count == 0) {
        throw new IllegalStateException("Cannot read " + subject.name() + ": it has no rows");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + subject.name() + ": " + e.getMessage(), e);
    }
    return new Cost(Duration.ofNanos(System.nanoTime() - started), Duration.ZERO);
  }

  private String sparkTable(List<Subject> subjects, JobSetup setup, Path folder) {
    SparkProcess.Builder builder =
        SparkProcess.builder().jvmOptions(setup.commonJvmOptions().toArray(new String[0]));
    for (Subject subject : subjects) {
      CatalogConfig catalog = subject.peer().catalog();
      builder.catalog(catalog.name(), catalog.properties());
    }
    try (SparkProcess spark = builder.start(folder)) {
      return table(
          "Spark, local[2]",
          subjects,
          (subject, snapshot) -> {
            SparkProcess.Answer answer =
                spark.execute(
                    String.format(
                        "SELECT sum(xxhash64(*)) FROM %s.%s VERSION AS OF %d",
                        subject.peer().catalog().name(), LakehousePeer.TABLE, snapshot));
            return new Cost(answer.wall(), answer.cpu());
          });
    }
  }
}
