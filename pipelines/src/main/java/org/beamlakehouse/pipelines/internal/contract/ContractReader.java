package org.beamlakehouse.pipelines.internal.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.config.YamlFile;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads ODCS v3.1 contracts. What is wrong goes to the problems; nothing is thrown. */
public final class ContractReader {
  private final @Nullable Map<String, String> sourceFormats;
  private final Problems problems;

  /**
   * A reader of a project's contracts.
   *
   * @param sourceFormats format of each source by its name, for example {@code debezium-json}; null
   *     where the sources are not known and cannot be checked
   */
  public ContractReader(@Nullable Map<String, String> sourceFormats, Problems problems) {
    this.sourceFormats = sourceFormats;
    this.problems = Objects.requireNonNull(problems, "problems");
  }

  /**
   * Reads a contract.
   *
   * @param file how problems name the file
   * @param text the YAML
   * @return one element per table without errors, in the file's order
   */
  public List<Contract> read(String file, String text) {
    YamlNode root = YamlFile.parse(file, text, problems);
    if (root == null) {
      return List.of();
    }
    root.allowKeys(OdcsSchema.topLevelKeys());
    readDescription(root);
    String id = root.requireString("id");
    String version = root.requireString("apiVersion");
    if (version != null && !version.startsWith("v3.")) {
      root.errorAt("apiVersion", "apiVersion '%s' is not supported; use v3.1.0", version);
    }
    List<YamlNode> tables = root.items("schema");
    YamlNode schema = root.get("schema");
    if (tables.isEmpty() && (schema == null || schema.kind() == YamlNode.Kind.LIST)) {
      root.errorAt("schema", "the contract has no table; add one under 'schema'");
    }
    List<Contract> contracts = new ArrayList<>();
    for (YamlNode table : tables) {
      TableReader.read(table, sourceFormats)
          .ifPresent(
              definition ->
                  contracts.add(
                      new Contract(file, table.line(), id == null ? "" : id, definition)));
    }
    OdcsSchema.validate(root, problems);
    return contracts;
  }

  /** The standard leaves unknown keys of the description open. */
  private static void readDescription(YamlNode root) {
    YamlNode description = root.get("description");
    if (description != null && description.kind() == YamlNode.Kind.MAP) {
      description.allowKeys(
          List.of(
              "usage", "purpose", "limitations", "authoritativeDefinitions", "customProperties"));
    }
  }
}
