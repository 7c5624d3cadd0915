package org.beamlakehouse.pipelines.internal.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.secrets.Redaction;
import org.beamlakehouse.pipelines.internal.config.Durations;
import org.beamlakehouse.pipelines.internal.config.Problem.Severity;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.config.TablePropertiesReader;
import org.beamlakehouse.pipelines.internal.config.YamlFile;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.pipelines.internal.contract.Contract;
import org.beamlakehouse.pipelines.internal.contract.ContractReader;
import org.beamlakehouse.pipelines.internal.gold.query.GoldProduct;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads all files of a project; what is wrong goes to the problems. */
final class ProjectReader {
  private static final List<String> KEYS =
      List.of("name", "catalog", "commitInterval", "sources", "ops");

  /** Those that Iceberg knows by a short name. */
  private static final List<String> CATALOG_TYPES =
      List.of(
          CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC,
          CatalogUtil.ICEBERG_CATALOG_TYPE_REST,
          CatalogUtil.ICEBERG_CATALOG_TYPE_HADOOP,
          CatalogUtil.ICEBERG_CATALOG_TYPE_HIVE,
          CatalogUtil.ICEBERG_CATALOG_TYPE_GLUE,
          CatalogUtil.ICEBERG_CATALOG_TYPE_NESSIE,
          CatalogUtil.ICEBERG_CATALOG_TYPE_BIGQUERY);

  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(30);

  private final Path folder;
  private final Map<String, String> environment;
  private final Severity unset;
  private final Problems problems;
  private final LocalPaths paths;

  /** Who declared each table, by its name in lower case. */
  private final Map<String, String> owners = new TreeMap<>();

  /**
   * A reader.
   *
   * @param unset what a variable is that the environment does not set
   */
  ProjectReader(Path folder, Map<String, String> environment, Severity unset, Problems problems) {
    this.folder = folder.toAbsolutePath().normalize();
    this.environment = environment;
    this.unset = unset;
    this.problems = problems;
    this.paths = new LocalPaths(folder);
  }

  /** The project; null where there are errors, all of which are told. */
  @Nullable Project read() {
    if (!Files.exists(folder.resolve(Project.FILE))) {
      problems.error(
          Project.FILE,
          0,
          String.format(
              "there is no %s in %s; go to the project's folder or name it with --project",
              Project.FILE, folder));
      return null;
    }
    SourceReader sources = new SourceReader(paths);
    Project.Builder project = Project.builder().folder(folder);
    YamlNode root = null;
    String text = YamlFile.readText(folder.resolve(Project.FILE), Project.FILE, problems);
    if (text != null) {
      root = YamlFile.parseWithVariables(Project.FILE, text, environment, unset, problems);
    }
    if (root != null) {
      // Before anything of it can be told.
      root.visitTexts("", Redaction::learn);
      readSettings(root, sources, project);
    }
    List<Contract> contracts = readContracts(root == null ? null : sources.formats());
    project.contracts(
        TopicTables.resolve(contracts, sources.sources(), problems).stream()
            .map(contract -> withValues(contract, sources.sources().get(contract.table().source())))
            .toList());
    project.goldProducts(readGold());
    return problems.errorCount() > 0
        ? null
        : project.sources(sources.sources()).warnings(problems.warnings()).build();
  }

  private void readSettings(YamlNode root, SourceReader sources, Project.Builder project) {
    root.allowKeys(KEYS);
    String name = root.requireString("name");
    if (name != null) {
      project.name(name);
    }
    YamlNode catalog = root.get("catalog");
    CatalogConfig read = readCatalog(name == null ? "" : name, catalog);
    String interval = root.string("commitInterval");
    Optional<Duration> parsed = interval == null ? Optional.empty() : Durations.parse(interval);
    YamlNode written = root.get("commitInterval");
    if (interval != null
        && written != null
        && !written.isUnfilled()
        && parsed.filter(d -> !d.isZero()).isEmpty()) {
      written.error(
          "'%s' is not a duration above zero; write for example 30s, 5m or PT1H",
          written.written());
    }
    project.commitInterval(parsed.orElse(COMMIT_INTERVAL));
    YamlNode declared = root.require("sources");
    if (declared != null) {
      sources.read(declared);
      sources.sources().values().forEach(s -> claim(declared, s));
    }
    project.catalog(
        new CatalogConfig(read.name(), read.properties(), tableProperties(root, sources)));
  }

  private static Map<String, Map<String, String>> tableProperties(
      YamlNode root, SourceReader sources) {
    Map<String, Map<String, String>> all = new LinkedHashMap<>(sources.tableProperties());
    YamlNode ops = root.get("ops");
    if (ops != null && ops.expectMap("'ops'")) {
      ops.allowKeys(List.of(SourceReader.TABLE_PROPERTIES));
      YamlNode properties = ops.get(SourceReader.TABLE_PROPERTIES);
      if (properties != null) {
        all.put("ops.", TablePropertiesReader.read(properties));
      }
    }
    return all;
  }

  private void claim(YamlNode declared, SourceSettings source) {
    YamlNode node = declared.get(source.name());
    if (node != null) {
      YamlNode bronze = node.get("bronze");
      claim(
          source.bronzeTable(),
          bronze == null ? source.bronzeTable() : bronze.written(),
          Project.FILE,
          node.line());
    }
  }

  private CatalogConfig readCatalog(String projectName, @Nullable YamlNode node) {
    Map<String, String> properties =
        new LinkedHashMap<>(node == null ? Map.of() : node.asProperties("'catalog'"));
    String name = properties.remove("name");
    if (!properties.containsKey("catalog-impl")) {
      properties.putIfAbsent("type", "jdbc");
    }
    String type = properties.getOrDefault("type", "");
    YamlNode written = node == null ? null : node.get("type");
    if (written != null && !written.isUnfilled() && !CATALOG_TYPES.contains(type)) {
      written.error(
          "'type' of 'catalog' cannot be '%s'; use one of %s, or name a class in catalog-impl",
          written.written(), String.join(", ", CATALOG_TYPES));
    }
    if (type.equals("jdbc")) {
      properties.putIfAbsent("uri", "jdbc:sqlite:warehouse/catalog.db");
    }
    if (type.equals("jdbc") || type.equals("hadoop")) {
      properties.putIfAbsent("warehouse", "warehouse");
      properties.compute("warehouse", (key, path) -> paths.resolve(path));
    }
    properties.computeIfPresent("uri", (key, uri) -> paths.resolveUri(uri));
    return new CatalogConfig(name == null ? projectName : name, properties);
  }

  private List<Contract> readContracts(@Nullable Map<String, String> sourceFormats) {
    ContractReader reader = new ContractReader(sourceFormats, problems);
    List<Contract> contracts = new ArrayList<>();
    for (String file : files("contracts", ".odcs.yaml")) {
      String text = YamlFile.readText(folder.resolve(file), file, problems);
      if (text != null) {
        List<Contract> read = reader.read(file, text);
        read.forEach(c -> claim(c.table().name(), c.table().name(), c.file(), c.line()));
        contracts.addAll(read);
      }
    }
    return contracts;
  }

  /** The contract with what its source declares of values. */
  private static Contract withValues(Contract contract, @Nullable SourceSettings source) {
    return source == null
        ? contract
        : new Contract(
            contract.file(),
            contract.line(),
            contract.id(),
            contract.table().toBuilder()
                .timestampUnit(source.timestampUnit())
                .decimalEncoding(source.decimalEncoding())
                .tombstones(source.tombstones())
                .build());
  }

  private List<GoldProduct> readGold() {
    List<GoldProduct> products = new ArrayList<>();
    for (String file : files("gold", ".sql")) {
      String text = YamlFile.readText(folder.resolve(file), file, problems);
      if (text != null) {
        GoldProduct.parse(file, text, problems).ifPresent(products::add);
      }
    }
    products.forEach(p -> claim(p.table(), p.table(), p.file(), 1));
    return products;
  }

  /** Tells an error where a table is declared twice; engines that ignore case would mix them up. */
  private void claim(String table, String shown, String file, int line) {
    String owner = owners.putIfAbsent(table.toLowerCase(Locale.ROOT), file + ":" + line);
    if (owner != null) {
      problems.error(
          file, line, String.format("the table '%s' is already declared in %s", shown, owner));
    }
  }

  /** Files of a folder with an ending, by name, relative to the project. */
  private List<String> files(String name, String ending) {
    Path directory = folder.resolve(name);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<String> names;
    try (Stream<Path> entries = Files.list(directory)) {
      names = entries.map(p -> p.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      problems.error(name, 0, "cannot list the folder: " + e.getClass().getSimpleName());
      return List.of();
    }
    names.stream()
        .filter(n -> !n.endsWith(ending) && n.matches("(?i)[^.].*\\.(ya?ml|sql)"))
        .forEach(
            n ->
                problems.warning(
                    name + "/" + n, 0, "the file is not read; its name must end in " + ending));
    return names.stream().filter(n -> n.endsWith(ending)).map(n -> name + "/" + n).toList();
  }
}
