package org.beamlakehouse.pipelines.internal.silver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Records of a source that no contract takes: counted by their table in the notes of each task, and
 * told in one line for the source. A contract whose records did not come is asked about where its
 * {@code sourceTable} is much like the name of such a table.
 */
final class UnclaimedRecords {
  private static final String UNCLAIMED = "unclaimed:";
  private static final String CLAIMED = "claimed:";

  /** Names that a task tells one by one; whoever has more has none that is meant. */
  private static final int MOST_NAMES = 200;

  private static final int SHOWN = 5;

  private UnclaimedRecords() {}

  /** Adds to the counts of a task what its records were of. */
  static void count(RecordParser parser, SourceTables source, Map<String, Long> counts) {
    parser.feeds().keySet().forEach(table -> counts.put(CLAIMED + table, 1L));
    int names = 0;
    for (Map.Entry<TableOrigin, Long> table : parser.unclaimed().entrySet()) {
      TableOrigin origin = table.getKey();
      if (source.others().stream().noneMatch(other -> origin.isMeantBy(other.sourceTable()))) {
        String name = ++names > MOST_NAMES ? "" : origin.fullName();
        counts.merge(UNCLAIMED + name, table.getValue(), Long::sum);
      }
    }
  }

  /**
   * Takes what {@link #count} added out of counts again, and tells it.
   *
   * @param told names that were told before; those that are told now are added. Nothing is told
   *     where none is new
   */
  static Optional<String> tell(SourceTables source, Map<String, Long> counts, Set<String> told) {
    Map<String, Long> unclaimed = new LinkedHashMap<>();
    List<TableDefinition> waiting = new ArrayList<>(source.tables());
    counts.forEach(
        (name, count) -> {
          if (name.startsWith(UNCLAIMED)) {
            unclaimed.put(name.substring(UNCLAIMED.length()), count);
          } else if (name.startsWith(CLAIMED)) {
            waiting.removeIf(table -> name.equals(CLAIMED + table.name()));
          }
        });
    counts.keySet().removeIf(name -> name.startsWith(UNCLAIMED) || name.startsWith(CLAIMED));
    if (!told.addAll(unclaimed.keySet())) {
      return Optional.empty();
    }
    return Optional.of(text(source, unclaimed, waiting));
  }

  private static String text(
      SourceTables source, Map<String, Long> unclaimed, List<TableDefinition> waiting) {
    Map<String, String> hints = new LinkedHashMap<>();
    for (TableDefinition table : waiting) {
      nearest(table.sourceTable(), unclaimed.keySet())
          .ifPresent(
              name ->
                  hints.put(
                      name,
                      ", which "
                          + table.name()
                          + " may mean by its sourceTable "
                          + table.sourceTable()));
    }
    List<String> names = new ArrayList<>(unclaimed.keySet());
    names.remove("");
    names.sort(
        Comparator.comparing((String name) -> !hints.containsKey(name))
            .thenComparing(name -> -unclaimed.get(name))
            .thenComparing(Comparator.naturalOrder()));
    List<String> shown = new ArrayList<>();
    for (String name : names.subList(0, Math.min(SHOWN, names.size()))) {
      shown.add(name + " (" + unclaimed.get(name) + ")" + hints.getOrDefault(name, ""));
    }
    if (names.size() > SHOWN || unclaimed.containsKey("")) {
      shown.add(
          unclaimed.containsKey("")
              ? "and many more"
              : "and " + (names.size() - SHOWN) + " more tables");
    }
    long records = unclaimed.values().stream().mapToLong(count -> count).sum();
    return String.format(
        "There %s of the source %s of tables that no contract means by its sourceTable: %s; a"
            + " contract that is added or mended gets what is in %s",
        records == 1 ? "is 1 record" : "are " + records + " records",
        source.tables().get(0).source(),
        String.join("; ", shown),
        source.bronzeTable());
  }

  /** The name of which as many last parts as a {@code sourceTable} has are much like it. */
  private static Optional<String> nearest(String sourceTable, Set<String> names) {
    Map<String, String> byEnding = new LinkedHashMap<>();
    for (String name : names) {
      byEnding.putIfAbsent(ending(name, sourceTable.split("\\.").length), name);
    }
    return NearestName.to(sourceTable, byEnding.keySet()).map(byEnding::get);
  }

  private static String ending(String name, int parts) {
    int from = name.length();
    for (int i = 0; i < parts && from >= 0; i++) {
      from = name.lastIndexOf('.', from - 1);
    }
    return name.substring(from + 1);
  }
}
