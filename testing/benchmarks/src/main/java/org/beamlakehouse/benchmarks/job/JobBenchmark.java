package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that measures the whole job. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the job from files to committed tables, against other systems")
final class JobBenchmark implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--rows",
      description = "rows of the table before the first batch (${DEFAULT-VALUE})")
  private int rows = 1_000_000;

  @Option(names = "--changes", description = "records per batch (${DEFAULT-VALUE})")
  private int changes = 100_000;

  @Option(names = "--buckets", description = "of the table (${DEFAULT-VALUE})")
  private int buckets = 8;

  @Option(names = "--heap", description = "of each process (${DEFAULT-VALUE})")
  private String heap = "4g";

  @Option(names = "--peers", split = ",", description = "ours, spark, plain (${DEFAULT-VALUE})")
  private List<String> peers = List.of("ours", "spark");

  @Option(names = "--runner", description = "ours: direct or flink (${DEFAULT-VALUE})")
  private String runner = "direct";

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

  @Option(names = "--jvm-option", description = "of our process only")
  private List<String> jvmOptions = new ArrayList<>();

  @Option(names = "--home", description = "root of the repository (${DEFAULT-VALUE})")
  private Path home = Path.of("").toAbsolutePath();

  @Option(names = "--work", description = "folder for the tables; emptied before and after")
  private Path work = Path.of("testing/benchmarks/target/bench");

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new JobBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Folders.delete(work);
    Path folder = Files.createDirectories(work).toAbsolutePath();
    try {
      JobSetup setup =
          new JobSetup(
              home,
              folder.resolve("input"),
              rows,
              changes,
              buckets,
              heap,
              tableProperties,
              Runner.of(runner),
              jvmOptions);
      List<Peer> all = new ArrayList<>();
      for (String name : peers) {
        tell(out, "filling the table of " + name);
        all.add(peer(name, setup, folder.resolve(name)));
      }
      Comparison comparison = new Comparison(all, setup, line -> tell(out, line));
      StringBuilder report = new StringBuilder();
      if (warm > 0) {
        report.append(Report.of("warm", comparison.warm(warmups, warm)));
      }
      if (whole > 0) {
        report.append(Report.of("whole process", comparison.wholeProcess(whole)));
      }
      out.print(Report.machine(setup) + report);
      out.flush();
    } finally {
      Folders.delete(work);
    }
    return 0;
  }

  private Peer peer(String name, JobSetup setup, Path folder) throws IOException {
    Files.createDirectories(folder);
    return switch (name) {
      case "ours" -> new LakehousePeer(setup, folder);
      case "spark" -> new SparkPeer(setup, folder, sparkSettings);
      default -> throw new IllegalArgumentException("Cannot measure " + name + ": unknown peer");
    };
  }

  private static void tell(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
