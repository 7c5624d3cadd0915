package org.beamlakehouse.pipelines.internal.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Map;
import org.beamlakehouse.io.internal.secrets.RedactedOutput;
import org.beamlakehouse.io.internal.secrets.Redaction;
import org.beamlakehouse.pipelines.internal.context.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The root of the command line. */
@Command(
    name = "lakehouse",
    description = "Bronze, silver and gold Iceberg tables from changes and events.",
    mixinStandardHelpOptions = true,
    versionProvider = LakehouseCommand.VersionText.class,
    synopsisSubcommandLabel = "COMMAND")
public final class LakehouseCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Text of {@code --version}. */
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Beam Lakehouse " + Version.current()};
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Cannot start: name a command, for example `lakehouse demo`");
  }

  /**
   * Runs one command line.
   *
   * @return the exit code
   */
  public static int execute(
      PrintStream out, PrintWriter rawErr, Map<String, String> environment, String... args) {
    PrintWriter err = RedactedOutput.writer(rawErr);
    learnSecrets(args);
    Console console = new Console(out, err, environment);
    CommandLine line = new CommandLine(new LakehouseCommand());
    line.addSubcommand(new DemoCommand(console));
    line.addSubcommand(new RunCommand(console));
    line.addSubcommand(new ShowCommand(console));
    line.addSubcommand(new HistoryCommand(console));
    line.addSubcommand(new CheckCommand(console));
    // What run does not know goes to Beam.
    for (String command : new String[] {"run", "demo"}) {
      line.getSubcommands()
          .get(command)
          .setUnmatchedArgumentsAllowed(true)
          .setUnmatchedOptionsArePositionalParams(false);
    }
    line.setOut(new PrintWriter(out, true)).setErr(err);
    boolean verbose = Arrays.asList(args).contains("--verbose");
    line.setExecutionExceptionHandler(
        (failure, commandLine, parsed) -> Failures.report(failure, err, verbose));
    line.setParameterExceptionHandler(
        (failure, arguments) -> {
          err.println("lakehouse: " + failure.getMessage());
          err.println("Try `lakehouse --help` or `lakehouse COMMAND --help`");
          return ExitCode.WRONG_USAGE;
        });
    return line.execute(args);
  }

  /** Options of Beam and of its runners may hold secrets; their names say so. */
  private static void learnSecrets(String... args) {
    for (String arg : args) {
      int end = arg.indexOf('=');
      if (arg.startsWith("--") && end > 0) {
        Redaction.learn(arg.substring(2, end), arg.substring(end + 1));
      }
    }
  }
}
