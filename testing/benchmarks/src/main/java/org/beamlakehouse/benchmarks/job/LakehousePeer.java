package org.beamlakehouse.benchmarks.job;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.pipelines.internal.project.Project;

/** This project: one source and one contract, run by its command or without Beam. */
final class LakehousePeer implements Peer {
  static final String TABLE = "silver.orders";

  private final JobSetup setup;
  private final Path folder;
  private final Program program;
  private final String version;

  /** What is run on the project. */
  enum Program {
    /** {@code lakehouse run}. */
    COMMAND,
    /** The same parser and merge with no Beam, and no bronze table. */
    PLAIN
  }

  /** A new project in a folder, its table filled. */
  LakehousePeer(JobSetup setup, Path folder, Program program) {
    this(setup, folder, program, "");
  }

  /**
   * The same of another version.
   *
   * @param version what its results are headed by
   */
  LakehousePeer(JobSetup setup, Path folder, Program program, String version) {
    this.version = version;
    this.setup = setup;
    this.folder = folder;
    this.program = program;
    OrderProject.write(
        folder,
        String.format(
            "name: %s%nsources:%n  shop:%n    type: files%n    format: debezium-json%n"
                + "    path: %s/*.jsonl%n",
            folder.getFileName(), setup.input()),
        setup.sizes().buckets(),
        setup.tableProperties());
    Project project = project();
    BaseTable.fill(
        SilverTables.target(project.catalog(), project.tables().get(0)), setup.sizes().rows());
  }

  @Override
  public String name() {
    return program == Program.PLAIN
        ? "plain Java, no Beam, no bronze"
        : "Beam Lakehouse, " + version + setup.runner().label();
  }

  @Override
  public Session start() {
    return program == Program.PLAIN
        ? session(PlainRuns.class, List.of(folder.toString(), setup.input().toString()))
        : session(LakehouseRuns.class, runArguments());
  }

  private List<String> runArguments() {
    List<String> arguments = new ArrayList<>(List.of("run", "--project", folder.toString()));
    arguments.addAll(setup.runner().beamOptions());
    return arguments;
  }

  private Session session(Class<?> main, List<String> arguments) {
    return new JavaSession(
        setup.jvmOptions(),
        setup.classPath() + File.pathSeparator + OwnClasses.location(),
        main.getName(),
        arguments);
  }

  @Override
  public Table table() {
    return Catalogs.load(project().catalog(), TABLE);
  }

  CatalogConfig catalog() {
    return project().catalog();
  }

  private Project project() {
    return Project.load(folder, Map.of());
  }
}
