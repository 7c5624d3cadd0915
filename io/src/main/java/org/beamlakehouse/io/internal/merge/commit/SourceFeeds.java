package org.beamlakehouse.io.internal.merge.commit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which tables of its source have fed a silver table, over all its commits: there may be one only,
 * or rows of several would be taken for changes of each other.
 *
 * <p>They are kept in a table property, which is set before the first commit of rows that they fed.
 */
final class SourceFeeds {
  /** Key of the table property. */
  static final String KEY = "beam-lakehouse.feeds";

  private static final ObjectMapper JSON =
      new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

  private final TableDefinition definition;
  private final List<TableOrigin> recorded;
  private final List<TableOrigin> all;

  private SourceFeeds(
      TableDefinition definition, List<TableOrigin> recorded, List<TableOrigin> all) {
    this.definition = definition;
    this.recorded = recorded;
    this.all = all;
  }

  /** What has fed a table by the time that a batch is published. */
  static SourceFeeds of(
      TableDefinition definition, Table target, TablePlan plan, List<CommitNote> notes) {
    List<TableOrigin> recorded = read(target);
    // A rebuild leaves no row of what was there before.
    List<TableOrigin> all =
        new ArrayList<>(plan.mode() == TablePlan.Mode.FULL_REFRESH ? List.of() : recorded);
    notes.stream()
        .flatMap(note -> note.feeds().stream())
        .distinct()
        .sorted(Comparator.comparing(TableOrigin::fullName))
        .filter(feed -> !all.contains(feed))
        .forEach(all::add);
    return new SourceFeeds(definition, recorded, all);
  }

  /** Why the batch may not be published: the contract could mean two tables; null where not. */
  @Nullable String halt() {
    for (TableOrigin one : all) {
      for (TableOrigin other : all) {
        if (!one.mayBe(other)) {
          boolean alike = one.shortName().equals(other.shortName());
          String name = alike ? one.fullName() : one.shortName();
          String otherName = alike ? other.fullName() : other.shortName();
          return String.format(
              "Cannot publish %s: it is fed by both %s and %s of the source %s, as its contract's"
                  + " sourceTable %s%s could mean either; write sourceTable: %s, or the other, into"
                  + " the contract, which makes the table anew of that one alone",
              definition.name(),
              name,
              otherName,
              definition.source(),
              definition.sourceTable(),
              definition.namesSourceTable() ? "" : ", by default its own name,",
              name);
        }
      }
    }
    return null;
  }

  /** Keeps them with the table. */
  void record(Table target) {
    if (!all.isEmpty() && !all.equals(recorded)) {
      try {
        target.updateProperties().set(KEY, JSON.writeValueAsString(all)).commit();
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Cannot write which tables feed " + target.name(), e);
      }
    }
  }

  private static List<TableOrigin> read(Table target) {
    String json = target.properties().get(KEY);
    if (json == null) {
      return List.of();
    }
    try {
      return JSON.readValue(json, new TypeReference<List<TableOrigin>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot read the table property " + KEY + " of " + target.name() + "; remove it", e);
    }
  }
}
