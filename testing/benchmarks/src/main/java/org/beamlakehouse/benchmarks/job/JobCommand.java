package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the job from files to committed tables, against other systems. */
@Command(
    name = "job",
    mixinStandardHelpOptions = true,
    description = "The job from files to committed tables; sizes may be lists")
public final class JobCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--rows",
      split = ",",
      description = "rows of the table before the first batch (${DEFAULT-VALUE})")
  private List<Integer> rows = List.of(1_000_000);

  @Option(names = "--changes", split = ",", description = "records per batch (${DEFAULT-VALUE})")
  private List<Integer> changes = List.of(100_000);

  @Option(names = "--buckets", split = ",", description = "of the table (${DEFAULT-VALUE})")
  private List<Integer> buckets = List.of(8);

  @Option(
      names = "--hot-share",
      split = ",",
      description = "share of the updates that go to one row (${DEFAULT-VALUE})")
  private List<Double> hotShares = List.of(0.0);

  @Option(
      names = "--peers",
      split = ",",
      description = "ours, before, spark, spark-defaults, plain (${DEFAULT-VALUE})")
  private List<String> peers = List.of("ours", "spark", "plain");

  @Option(names = "--warmups", description = "batches not measured (${DEFAULT-VALUE})")
  private int warmups = 2;

  @Option(names = "--warm", description = "measured batches in one process (${DEFAULT-VALUE})")
  private int warm = 5;

  @Option(
      names = "--whole",
      description = "measured batches in a process of their own (${DEFAULT-VALUE})")
  private int whole = 3;

  @Option(names = "--table-property", description = "of the tables, key=value")
  private Map<String, String> tableProperties = new LinkedHashMap<>();

  @Option(names = "--spark-setting", description = "key=value")
  private Map<String, String> sparkSettings = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    StringBuilder results = new StringBuilder();
    for (Sizes sizes : sizes()) {
      common.work(
          folder -> results.append(compare(common.setup(folder, sizes, tableProperties), folder)));
    }
    common.publish(results.toString());
    return 0;
  }

  private List<Sizes> sizes() {
    List<Sizes> all = new ArrayList<>();
    for (int tableRows : rows) {
      for (int batchChanges : changes) {
        for (int tableBuckets : buckets) {
          hotShares.forEach(hot -> all.add(new Sizes(tableRows, batchChanges, tableBuckets, hot)));
        }
      }
    }
    return all;
  }

  private String compare(JobSetup setup, Path folder) throws IOException {
    List<Peer> all = new ArrayList<>();
    for (String name : peers) {
      common.tell("filling the table of " + name);
      all.add(peer(name, setup, folder));
    }
    Comparison comparison = new Comparison(all, setup, common::tell);
    StringBuilder results = new StringBuilder(Report.heading(setup));
    if (warm > 0) {
      results.append(Report.costs("warm", comparison.warm(warmups, warm)));
    }
    if (whole > 0) {
      results.append(Report.costs("whole process", comparison.wholeProcess(whole)));
    }
    return results.toString();
  }

  private Peer peer(String name, JobSetup setup, Path work) throws IOException {
    Path folder = Files.createDirectories(work.resolve(name));
    return switch (name) {
      case "ours" -> new LakehousePeer(setup, folder, LakehousePeer.Program.COMMAND);
      case "before" ->
          new LakehousePeer(
              common.before(setup, work), folder, LakehousePeer.Program.COMMAND, "before, ");
      case "plain" -> new LakehousePeer(setup, folder, LakehousePeer.Program.PLAIN);
      case "spark" -> new SparkPeer(setup, folder, SparkPeer.Tuning.TUNED, sparkSettings);
      case "spark-defaults" ->
          new SparkPeer(setup, folder, SparkPeer.Tuning.DEFAULTS, sparkSettings);
      default ->
          throw new IllegalArgumentException(
              "Cannot measure "
                  + name
                  + ": there are ours, before, spark, spark-defaults and plain");
    };
  }
}
