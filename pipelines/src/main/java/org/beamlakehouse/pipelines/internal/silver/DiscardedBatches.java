package org.beamlakehouse.pipelines.internal.silver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.bronze.decisions.Decision;
import org.beamlakehouse.io.internal.bronze.decisions.Decisions;
import org.beamlakehouse.io.internal.bronze.read.BronzeScan;
import org.beamlakehouse.io.internal.bronze.read.BronzeScans;
import org.beamlakehouse.io.internal.bronze.read.ReadBronze;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.io.internal.merge.commit.HaltMark;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Batches of bronze that a table passes over, because an operator said so where they had halted it.
 * They are named by the {@code batch_id} that each of their rows has: it outlives compaction and
 * expiry, and no later record has it.
 */
public final class DiscardedBatches {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DiscardedBatches() {}

  /** The form of a decision's places. */
  private record Places(Set<String> batches) {}

  /** The batches that each table passes over, by its name. */
  static Map<String, Set<String>> of(List<Decision> decisions) {
    Map<String, Set<String>> batches = new TreeMap<>();
    for (Decision decision : decisions) {
      if (decision.kind() == Decision.Kind.DISCARD && decision.table() != null) {
        batches
            .computeIfAbsent(decision.table(), unused -> new TreeSet<>())
            .addAll(read(decision.places()).batches());
      }
    }
    return batches;
  }

  /**
   * Keeps with bronze that a table passes over the batch which halts it.
   *
   * @return how many batches of bronze that are
   * @throws IllegalArgumentException where no batch halts it
   */
  public static int decide(
      CatalogConfig catalog, RunContext run, SourceTables source, TableDefinition definition) {
    HaltMark mark = mark(catalog, source, definition);
    Table bronze = Catalogs.load(catalog, source.bronzeTable());
    if (!mark.upTo().mayBeIn(Progress.Position.of(bronze, null))) {
      throw nothing(definition);
    }
    Set<String> batches = batches(bronze, mark);
    if (batches.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot discard the batch that halts %s: %s has no records of it any more; run again"
                  + " without --discard",
              definition.name(), source.bronzeTable()));
    }
    Decisions.keep(
        catalog,
        new RunFacts(
            definition.source(),
            source.bronzeTable(),
            run.runId(),
            run.pipelineVersion(),
            InternalValues.micros(run.startedAt())),
        bronze.uuid(),
        new Decision(Decision.Kind.DISCARD, definition.name(), write(new Places(batches))));
    return batches.size();
  }

  private static HaltMark mark(
      CatalogConfig catalog, SourceTables source, TableDefinition definition) {
    return Catalogs.find(catalog, definition.name())
        .flatMap(table -> HaltMark.of(table, source.bronzeTable()))
        .orElseThrow(() -> nothing(definition));
  }

  private static IllegalArgumentException nothing(TableDefinition definition) {
    return new IllegalArgumentException(
        String.format(
            "Cannot discard a batch of %s: no batch halts it; run without --discard",
            definition.name()));
  }

  private static Set<String> batches(Table bronze, HaltMark mark) {
    long upTo =
        bronze.snapshot(mark.upTo().snapshot()) != null
            ? mark.upTo().snapshot()
            // It was expired: what came after it is left out below.
            : bronze.currentSnapshot().snapshotId();
    Set<String> batches = new TreeSet<>();
    for (BronzeScan scan : BronzeScans.plan(bronze, mark.from(), upTo)) {
      if (scan.sequence() <= mark.upTo().sequence()) {
        try (CloseableIterable<String> ids = ReadBronze.batchIds(bronze, scan)) {
          ids.forEach(batches::add);
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot read " + bronze.name() + ": " + e.getMessage(), e);
        }
      }
    }
    return batches;
  }

  private static Places read(String json) {
    try {
      return new Places(
          JSON.readValue(json, new TypeReference<Map<String, TreeSet<String>>>() {})
              .getOrDefault("batches", new TreeSet<>()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read a decision to discard: " + e.getMessage(), e);
    }
  }

  private static String write(Places places) {
    try {
      return JSON.writeValueAsString(places);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a decision to discard", e);
    }
  }
}
