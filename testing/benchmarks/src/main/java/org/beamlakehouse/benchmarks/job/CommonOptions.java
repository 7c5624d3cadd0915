package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands take: where to work, what to run, and where the results go. */
public final class CommonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--heap", description = "of each measured process (${DEFAULT-VALUE})")
  private String heap = "4g";

  @Option(names = "--runner", description = "ours: direct or flink (${DEFAULT-VALUE})")
  private String runner = "flink";

  @Option(names = "--jvm-option", description = "of our process only")
  private List<String> jvmOptions = new ArrayList<>();

  @Option(names = "--class-path", description = "classes of ours, instead of the runner's jar")
  private @Nullable String classPath;

  @Option(names = "--home", description = "root of the repository (${DEFAULT-VALUE})")
  private Path home = Path.of("").toAbsolutePath();

  @Option(
      names = "--before",
      description = "root of an earlier version's repository, built, to be measured beside ours")
  private @Nullable Path before;

  @Option(names = "--work", description = "folder for the tables; emptied before and after")
  private Path work = Path.of("testing/benchmarks/target/bench");

  @Option(names = "--report", description = "Markdown file that the results are written to")
  private @Nullable Path report;

  @Option(names = "--section", description = "of the report (${DEFAULT-VALUE})")
  private String section = "results";

  private int runs;

  /** What needs a folder that is empty before and gone afterwards. */
  public interface Work {
    void in(Path folder) throws IOException;
  }

  /** Works in the folder, each time in another part of it: a catalog that was open stays so. */
  public void work(Work task) throws IOException {
    Folders.delete(work);
    try {
      Path part = work.resolve("run-" + ++runs);
      task.in(Files.createDirectories(part).toAbsolutePath());
    } finally {
      Folders.delete(work);
    }
  }

  public JobSetup setup(Path folder, Sizes sizes, Map<String, String> tableProperties) {
    return setup(home, classPath, folder, sizes, tableProperties);
  }

  /** True where an earlier version is to be measured as well. */
  boolean hasBefore() {
    return before != null;
  }

  /**
   * The same setup with the jar of the earlier version.
   *
   * @throws IllegalStateException where none is named
   */
  JobSetup before(JobSetup ours, Path folder) {
    if (before == null) {
      throw new IllegalStateException("Cannot measure an earlier version: name it by --before");
    }
    return setup(before, null, folder, ours.sizes(), ours.tableProperties());
  }

  private JobSetup setup(
      Path root,
      @Nullable String classes,
      Path folder,
      Sizes sizes,
      Map<String, String> tableProperties) {
    Runner chosen = Runner.of(runner);
    List<String> ownOptions = new ArrayList<>();
    ownOptions.add("@" + root.resolve("runners").resolve("jvm-options"));
    Path archive = chosen.archive(root);
    if (classes == null && Files.exists(archive)) {
      ownOptions.add("-XX:SharedArchiveFile=" + archive);
    }
    ownOptions.addAll(jvmOptions);
    return new JobSetup(
        classes != null ? classes : chosen.classPath(root),
        folder.resolve("input"),
        sizes,
        heap,
        tableProperties,
        chosen,
        ownOptions);
  }

  /** Tells a person how far it is. */
  public void tell(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** Prints results, and puts them into the report where one is named. */
  public void publish(String results) throws IOException {
    tell(results);
    if (report != null) {
      Report.write(report, section, results);
    }
  }
}
