package org.beamlakehouse.pipelines.internal.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.pipelines.internal.request.OnHalt;
import org.beamlakehouse.pipelines.internal.request.RunMode;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.run.LakehouseRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.Unmatched;

/** {@code lakehouse run}. */
@Command(
    name = "run",
    description = {
      "Take what is new through bronze, silver and gold.",
      "Every other --name=value is an option of Apache Beam, for example --targetParallelism=4."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final Map<String, MissingOffsets> MISSING_OFFSETS =
      Map.of(
          "fail", MissingOffsets.FAIL,
          "earliest", MissingOffsets.EARLIEST,
          "latest", MissingOffsets.LATEST);

  private final Console console;

  @Spec private CommandSpec spec;

  @Mixin private ProjectOptions project;

  @Option(
      names = "--mode",
      paramLabel = "available-now|continuous",
      description = {
        "available-now (default): everything that is new, then stop.",
        "continuous: what is new every commitInterval, until it is ended."
      },
      defaultValue = "available-now")
  private String mode;

  @Option(
      names = "--tables",
      paramLabel = "TABLE",
      split = ",",
      description = "Only these silver and gold tables. Default: all.")
  private Set<String> tables = Set.of();

  @Option(
      names = "--full-refresh",
      description = "Rebuild the tables from the beginning of bronze.")
  private boolean fullRefresh;

  @Option(
      names = "--vars",
      paramLabel = "NAME=VALUE",
      split = ",",
      description = "Values of $${NAME} in gold SQL, for example run_date=2026-01-31.")
  private Map<String, String> vars = new LinkedHashMap<>();

  @Option(
      names = "--onMissingOffsets",
      paramLabel = "fail|earliest|latest",
      description = {
        "What to do where Kafka has deleted records that were not read yet: fail (default),",
        "go on with the earliest that are left, or with the latest: what comes from now on."
      },
      defaultValue = "fail")
  private String onMissingOffsets;

  @Option(
      names = "--discard",
      paramLabel = "TABLE",
      split = ",",
      description = {
        "Let these silver tables pass over the batch that halts them. It stays in bronze, and"
            + " every",
        "replay passes over it too."
      })
  private Set<String> discard = Set.of();

  @Option(
      names = "--onHalt",
      paramLabel = "continue|stop",
      converter = OnHaltConverter.class,
      description = {
        "In mode continuous: a table that a rule, its contract or an order halts is parked and the",
        "others go on (continue, the default), or the run ends at once (stop)."
      },
      defaultValue = "continue")
  private OnHalt onHalt;

  /** Reads the values of {@code --onHalt}. */
  static final class OnHaltConverter implements ITypeConverter<OnHalt> {
    @Override
    public OnHalt convert(String value) {
      return switch (value) {
        case "continue" -> OnHalt.CONTINUE;
        case "stop" -> OnHalt.STOP;
        default ->
            throw new TypeConversionException(
                "Cannot use --onHalt='" + value + "': it is one of continue, stop");
      };
    }
  }

  @Option(
      names = "--newLog",
      paramLabel = "SOURCE",
      split = ",",
      description = {
        "The log of SOURCE begins anew where the last run, which it halted, has named it.",
        "Kept with bronze: say it once, in a run or a stream."
      })
  private Set<String> newLogs = Set.of();

  // picocli adds to it.
  @Unmatched private List<String> beamOptions = new ArrayList<>();

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    for (String option : beamOptions) {
      if (!option.startsWith("--") || option.indexOf('=') < 0) {
        throw new ParameterException(
            spec.commandLine(),
            "Cannot understand '" + option + "': options of Beam are written --name=value");
      }
    }
    if (!MISSING_OFFSETS.containsKey(onMissingOffsets)) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot use --onMissingOffsets='"
              + onMissingOffsets
              + "': it is one of fail, earliest, latest");
    }
    RunMode runMode =
        Arrays.stream(RunMode.values())
            .filter(known -> known.label().equals(mode))
            .findAny()
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "Cannot run in mode '"
                            + mode
                            + "': it is one of available-now, continuous"));
    RunRequest request =
        RunRequest.builder()
            .mode(runMode)
            .project(project.loadWithWarnings(console))
            .tables(tables)
            .fullRefresh(fullRefresh)
            .vars(vars)
            .missingOffsets(MISSING_OFFSETS.get(onMissingOffsets))
            .discard(discard)
            .onHalt(onHalt)
            .newLogs(newLogs)
            .beamOptions(beamOptions)
            .build();
    return RunSummary.report(
        LakehouseRun.execute(request, console::progress), console, project.verbose);
  }
}
