package org.beamlakehouse.io.internal.merge.table;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The tables of one merge, by name. The graph does not grow with them: every stage looks up the
 * table of the element at hand.
 */
public record MergeTargets(
    CatalogConfig catalog,
    Map<String, TableDefinition> byName,
    String pipelineVersion,
    Clock clock,
    RunStamp run,
    OnFailure onFailure)
    implements Serializable {

  public static MergeTargets of(
      CatalogConfig catalog,
      List<TableDefinition> definitions,
      String pipelineVersion,
      Clock clock) {
    Map<String, TableDefinition> byName = new LinkedHashMap<>();
    for (TableDefinition definition : definitions) {
      if (byName.put(definition.name(), definition) != null) {
        throw new IllegalArgumentException(
            "Cannot merge into "
                + definition.name()
                + ": it is defined twice; give each table once");
      }
    }
    return new MergeTargets(
        catalog, byName, pipelineVersion, clock, RunStamp.NONE, OnFailure.THROW);
  }

  /** The same tables for a run. */
  public MergeTargets with(RunStamp stamp, OnFailure failures) {
    return new MergeTargets(catalog, byName, pipelineVersion, clock, stamp, failures);
  }

  /** Whether a failure of one table is told in its result, and the others go on. */
  public boolean isTold(RuntimeException failure) {
    return onFailure == OnFailure.TELL && !FailureMessage.isInterruption(failure);
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  public TableDefinition get(String name) {
    TableDefinition definition = byName.get(name);
    if (definition == null) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot merge into %s: it is none of the %d tables given to the merge",
              name, byName.size()));
    }
    return definition;
  }
}
