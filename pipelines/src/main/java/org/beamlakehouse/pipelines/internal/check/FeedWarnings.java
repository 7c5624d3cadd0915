package org.beamlakehouse.pipelines.internal.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.Problem;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.contract.Contract;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * What can be told of sources and the tables that they feed before any record was seen, though only
 * the records prove it: sources that feed nothing, and contracts whose {@code sourceTable} could
 * mean several tables of a source or is much like the name of one.
 */
public final class FeedWarnings {
  private final Project project;
  private final Problems problems = new Problems();

  private FeedWarnings(Project project) {
    this.project = project;
  }

  /** The warnings of a project, by file and line. */
  public static List<Problem> of(Project project) {
    return new FeedWarnings(project).find();
  }

  private List<Problem> find() {
    for (SourceSettings source : project.sources().values()) {
      if (project.tables().stream().noneMatch(table -> table.source().equals(source.name()))) {
        problems.warning(
            Project.FILE,
            0,
            String.format(
                "the source '%s' feeds no table: no contract names it, so it is landed in %s only",
                source.name(), source.bronzeTable()));
      }
    }
    for (Contract contract : project.contracts()) {
      SourceSettings source = project.sources().get(contract.table().source());
      if (source != null && source.format().hasEnvelope()) {
        warnOfAmbiguity(contract, source);
        warnOfMisspelling(contract, source);
      }
    }
    return problems.warnings();
  }

  private void warnOfAmbiguity(Contract contract, SourceSettings source) {
    String wanted = contract.table().sourceTable();
    Set<String> meant = new LinkedHashSet<>();
    for (String topic : source.topics()) {
      if (new TableOrigin(null, null, null, topic).isMeantBy(wanted) && !topic.equals(wanted)) {
        meant.add(topic);
      }
    }
    if (meant.size() < 2) {
      meant.clear();
      for (TableDefinition other : project.tables()) {
        if (other.source().equals(source.name()) && other.sourceTable().endsWith("." + wanted)) {
          meant.add(other.sourceTable());
        }
      }
    }
    if (meant.size() > 1) {
      problems.warning(
          contract.file(),
          contract.line(),
          String.format(
              "the 'sourceTable' of %s is '%s'%s, which may mean several tables of the source '%s'"
                  + " (%s): records of more than one would halt it; name one of them",
              contract.table().name(),
              wanted,
              contract.table().namesSourceTable() ? "" : " by default",
              source.name(),
              String.join(", ", meant)));
    }
  }

  /** Topics need not be named like their tables: only what is much like one of them is told. */
  private void warnOfMisspelling(Contract contract, SourceSettings source) {
    String wanted = contract.table().sourceTable();
    Map<String, String> endings = new LinkedHashMap<>();
    for (String topic : source.topics()) {
      if (new TableOrigin(null, null, null, topic).isMeantBy(wanted)) {
        return;
      }
      endings.put(lastParts(topic, wanted.split("\\.").length), topic);
    }
    Optional<String> nearest = NearestName.to(wanted, endings.keySet());
    nearest.ifPresent(
        name ->
            problems.warning(
                contract.file(),
                contract.line(),
                String.format(
                    "the 'sourceTable' of %s is '%s', and no topic of the source '%s' ends with it;"
                        + " did you mean '%s', as in the topic %s?",
                    contract.table().name(), wanted, source.name(), name, endings.get(name))));
  }

  private static String lastParts(String name, int parts) {
    List<String> all = new ArrayList<>(List.of(name.split("\\.")));
    return String.join(".", all.subList(Math.max(0, all.size() - parts), all.size()));
  }
}
