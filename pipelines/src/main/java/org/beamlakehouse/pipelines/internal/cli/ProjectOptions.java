package org.beamlakehouse.pipelines.internal.cli;

import java.nio.file.Path;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.pipelines.internal.project.Project;
import picocli.CommandLine.Option;

/** The options that every command about a project has. */
final class ProjectOptions {
  @Option(
      names = "--project",
      paramLabel = "DIR",
      description = "Folder with lakehouse.yaml. Default: the working directory.",
      defaultValue = ".")
  Path folder;

  @Option(names = "--verbose", description = "Show the stack trace of an error.")
  boolean verbose;

  Project load(Console console) {
    return Project.load(folder, console.environment());
  }

  /** Loads the project and tells what in it is not wrong but should be known. */
  Project loadWithWarnings(Console console) {
    return withWarnings(load(console), console);
  }

  /** The same to look at its files alone. */
  Project loadOffline(Console console) {
    return withWarnings(Project.loadOffline(folder, console.environment()), console);
  }

  private static Project withWarnings(Project project, Console console) {
    project.warnings().forEach(warning -> console.progress(warning.toString()));
    return project;
  }

  /**
   * A table of the project's catalog.
   *
   * @throws IllegalArgumentException where there is no such table
   */
  Table table(Console console, String name) {
    CatalogConfig catalog = load(console).catalog();
    try {
      return Catalogs.load(catalog, name);
    } catch (NoSuchTableException e) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot find the table %s: write it with its namespace, as in silver.customers;"
                  + " `lakehouse run` makes the tables that the contracts declare",
              name),
          e);
    }
  }
}
