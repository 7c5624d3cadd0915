package org.beamlakehouse.pipelines.internal.project;

import com.google.auto.value.AutoValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.pipelines.internal.config.ConfigurationException;
import org.beamlakehouse.pipelines.internal.config.Problem;
import org.beamlakehouse.pipelines.internal.config.Problem.Severity;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.contract.Contract;
import org.beamlakehouse.pipelines.internal.gold.query.GoldProduct;
import org.beamlakehouse.transforms.table.TableDefinition;

/** A user's project, read and checked: the settings, silver tables and gold products. */
@AutoValue
public abstract class Project {
  /** The file that makes a folder a project. */
  public static final String FILE = "lakehouse.yaml";

  /** The project's folder, absolute. */
  public abstract Path folder();

  public abstract String name();

  /** The catalog to open; local paths in it are absolute. May hold secrets. */
  public abstract CatalogConfig catalog();

  /** How often a continuous run commits. */
  public abstract Duration commitInterval();

  /** Sources by name, in the file's order. */
  public abstract Map<String, SourceSettings> sources();

  /** Silver tables and where they are declared, by file name, then in the file's order. */
  public abstract List<Contract> contracts();

  /** Gold products by file name. */
  public abstract List<GoldProduct> goldProducts();

  /** What is not wrong but should be known, by file and line. */
  public abstract List<Problem> warnings();

  /**
   * Reads a project.
   *
   * @param folder the folder with lakehouse.yaml
   * @param environment values for <code>${NAME}</code> in lakehouse.yaml
   * @throws ConfigurationException with all errors of all files, each with file and line
   */
  public static Project load(Path folder, Map<String, String> environment) {
    return load(folder, environment, Severity.ERROR);
  }

  /**
   * Reads a project to look at its files alone: a variable that is not set is a warning, and where
   * a source cannot be understood without it, the source is left out.
   *
   * @throws ConfigurationException with all errors of all files, each with file and line
   */
  public static Project loadOffline(Path folder, Map<String, String> environment) {
    return load(folder, environment, Severity.WARNING);
  }

  private static Project load(Path folder, Map<String, String> environment, Severity unset) {
    Problems problems = new Problems();
    Project project = new ProjectReader(folder, environment, unset, problems).read();
    problems.throwIfAny();
    if (project == null) {
      throw new IllegalStateException("Cannot read the project: it is incomplete without an error");
    }
    return project;
  }

  /** All problems of a project, errors and warnings, by file and line; empty where all is well. */
  public static List<Problem> check(Path folder, Map<String, String> environment) {
    Problems problems = new Problems();
    new ProjectReader(folder, environment, Severity.ERROR, problems).read();
    return problems.all();
  }

  /** The definitions of all silver tables. */
  public List<TableDefinition> tables() {
    return contracts().stream().map(Contract::table).toList();
  }

  static Builder builder() {
    return new AutoValue_Project.Builder();
  }

  /** Name and folder only: the rest may hold secrets. */
  @Override
  public final String toString() {
    return "project " + name() + " in " + folder();
  }

  /** Builder of {@link Project}. */
  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder folder(Path folder);

    abstract Builder name(String name);

    abstract Builder catalog(CatalogConfig catalog);

    abstract Builder commitInterval(Duration interval);

    abstract Builder sources(Map<String, SourceSettings> sources);

    abstract Builder contracts(List<Contract> contracts);

    abstract Builder goldProducts(List<GoldProduct> products);

    abstract Builder warnings(List<Problem> warnings);

    abstract Project build();
  }
}
