package org.beamlakehouse.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.pipelines.internal.cli.LakehouseCommand;
import org.beamlakehouse.pipelines.internal.project.Project;

/**
 * A project in a folder of a test: write its files, run commands on it in this process, read its
 * tables back with Iceberg's generic reader (which shares no code with the writer under test).
 *
 * <p>Every command is checked to tell nothing that is {@link Planted}.
 */
public final class TestProject {
  /**
   * Name of a system property with Beam options, parted by blanks, for every run: the same suites
   * show all runners.
   */
  public static final String BEAM_OPTIONS = "lakehouse.test.beamOptions";

  private static final int WRONG_USAGE = 2;

  private static final Duration WORKERS_END = Duration.ofMinutes(5);

  private final Path folder;
  private CatalogConfig catalog;

  private TestProject(Path folder) {
    this.folder = folder;
  }

  /** A project with the default catalog and no sources yet. */
  public static TestProject create(Path folder) {
    return new TestProject(folder).file("lakehouse.yaml", "name: test\nsources:\n");
  }

  /** The project that lies in a folder. */
  public static TestProject open(Path folder) {
    return new TestProject(folder);
  }

  public Path folder() {
    return folder;
  }

  /** Adds a files source; its bronze table is {@code bronze.<name>}. */
  public TestProject source(String name, String format, String path) {
    return append(
        "lakehouse.yaml",
        String.format(
            "  %s:%n    type: files%n    format: %s%n    path: %s%n", name, format, path));
  }

  /**
   * Adds a Kafka source; its bronze table is {@code bronze.<name>}.
   *
   * @param settings further lines of the source, for example {@code topics: [a]}
   */
  public TestProject kafkaSource(
      String name, String format, String bootstrapServers, String... settings) {
    StringBuilder lines = new StringBuilder();
    for (String line : settings) {
      lines.append("    ").append(line).append('\n');
    }
    return append(
        "lakehouse.yaml",
        String.format(
            "  %s:%n    type: kafka%n    format: %s%n    bootstrapServers: %s%n%s",
            name, format, bootstrapServers, lines));
  }

  /** Writes a contract. */
  public TestProject contract(String name, String yaml) {
    return file("contracts/" + name + ".odcs.yaml", yaml);
  }

  /** Writes a gold product. */
  public TestProject gold(String name, String sql) {
    return file("gold/" + name + ".sql", sql);
  }

  /** Writes lines to a file. */
  public TestProject lines(String path, Collection<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return file(path, text.toString());
  }

  /** Copies a file. */
  public TestProject copy(String from, String to) {
    try {
      return file(to, Files.readAllBytes(folder.resolve(from)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a text file. */
  public TestProject file(String path, String text) {
    return file(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a file. */
  public TestProject file(String path, byte[] bytes) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      catalog = null;
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TestProject append(String path, String text) {
    try {
      return file(path, Files.readString(folder.resolve(path)) + text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@code lakehouse run} with further arguments, on the runner that the system property {@link
   * #BEAM_OPTIONS} chooses.
   */
  public CommandResult run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(beamOptions());
    return command("run", all.toArray(new String[0]));
  }

  /** The options in the system property {@link #BEAM_OPTIONS}. */
  public static List<String> beamOptions() {
    String options = System.getProperty(BEAM_OPTIONS, "").strip();
    return options.isEmpty() ? List.of() : List.of(options.split(" +"));
  }

  /**
   * Any command on this project. It returns when nothing of it runs any more, as a process that
   * ended: where a pipeline fails, the Direct runner's other workers first finish what they are at.
   */
  public CommandResult command(String command, String... arguments) {
    List<String> line = new ArrayList<>(List.of(command, "--project", folder.toString()));
    line.addAll(List.of(arguments));
    CommandResult result = execute(line);
    Planted.requireHidden(line, result);
    if (result.exitCode() == WRONG_USAGE && !line.contains("--verbose")) {
      // Nothing was run, so it may be asked once more for all that it knows.
      line.add("--verbose");
      Planted.requireHidden(line, execute(line));
    }
    return result;
  }

  private static CommandResult execute(List<String> line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    try (Planted.Logs logs = Planted.listen(line)) {
      int code =
          LakehouseCommand.execute(
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintWriter(err, true),
              System.getenv(),
              line.toArray(new String[0]));
      awaitWorkers();
      return new CommandResult(code, out.toString(StandardCharsets.UTF_8), err.toString());
    }
  }

  private static void awaitWorkers() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("direct-runner-worker")) {
        try {
          thread.join(WORKERS_END.toMillis());
          if (thread.isAlive()) {
            throw new AssertionError(
                "A worker of the Direct runner goes on after its command ended: "
                    + List.of(thread.getStackTrace()));
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("Interrupted while a command's workers end", e);
        }
      }
    }
  }

  /** The project's catalog; all contracts are read to find it, so it is kept. */
  public CatalogConfig catalog() {
    if (catalog == null) {
      catalog = Project.load(folder, System.getenv()).catalog();
    }
    return catalog;
  }

  public Table table(String name) {
    return Catalogs.load(catalog(), name);
  }

  public boolean exists(String table) {
    return Catalogs.exists(catalog(), table);
  }

  /** Ids of all snapshots of a table, oldest first; empty where it does not exist. */
  public List<Long> snapshots(String table) {
    if (!exists(table)) {
      return List.of();
    }
    List<Long> ids = new ArrayList<>();
    for (Snapshot snapshot : table(table).snapshots()) {
      ids.add(snapshot.snapshotId());
    }
    return ids;
  }

  /** All rows of a table with these columns (all where none is named), in no order. */
  public List<Map<String, Object>> rows(String table, String... columns) {
    return rows(table, Expressions.alwaysTrue(), columns);
  }

  /** The rows of a table that meet a condition, with these columns, in no order. */
  public List<Map<String, Object>> rows(String table, Expression filter, String... columns) {
    Table loaded = table(table);
    List<String> names = List.of(columns);
    if (names.isEmpty()) {
      names = loaded.schema().columns().stream().map(Types.NestedField::name).toList();
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(loaded).where(filter).build()) {
      for (Record record : records) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (String name : names) {
          row.put(name, record.getField(name));
        }
        rows.add(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }
}
