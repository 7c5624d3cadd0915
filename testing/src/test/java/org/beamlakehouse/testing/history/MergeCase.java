package org.beamlakehouse.testing.history;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.beamlakehouse.testing.history.TestChange.Kind;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A worked case of a merge rule, from the case files of the rules' own tests.
 *
 * <p>A change is {@code [KEY:]KIND[(values)]@order[/position][~time]}; the kind is U (upsert), D
 * (delete) or T (truncate), a value is a word, {@code -} for null or {@code ?} for one that was not
 * sent, and {@code |} separates batches. The key is 1 and the time is the order unless said
 * otherwise.
 *
 * <p>Records in files always have a position. Changes of one order whose case gives them none get
 * the one by which the rules order them where it is unknown: upserts by their values, then
 * truncates, then deletes.
 *
 * @param rows what must be stored in the end, sorted
 */
record MergeCase(String name, TestTable table, List<List<TestChange>> batches, List<String> rows) {

  private static final Pattern CHANGE =
      Pattern.compile("(?:(\\d+):)?([UDT])(?:\\(([^)]*)\\))?@(\\d+)(?:/(\\d+))?(?:~(\\d+))?");
  private static final int NO_POSITION = -1;

  /**
   * The cases of a file but for those with tombstones, each with a table of its own whose name
   * begins with the prefix.
   */
  @SuppressWarnings("unchecked")
  static List<MergeCase> load(String file, int scdType, String prefix) {
    try (InputStream in = MergeCase.class.getResourceAsStream("/cases/" + file + ".yaml")) {
      List<Map<String, Object>> all = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return IntStream.range(0, all.size())
          .filter(i -> !((String) all.get(i).get("changes")).contains("X@"))
          .mapToObj(i -> of(all.get(i), scdType, String.format("%s_%03d", prefix, i)))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static MergeCase of(Map<String, Object> one, int scdType, String tableName) {
    List<List<TestChange>> batches = new ArrayList<>();
    for (String batch : ((String) one.get("changes")).split("\\|")) {
      batches.add(changes(batch));
    }
    List<TestChange> all = batches.stream().flatMap(List::stream).toList();
    TestTable table =
        new TestTable(
            tableName,
            scdType,
            (String) one.getOrDefault("deletes", "soft"),
            (List<String>) one.getOrDefault("columns", List.of("v")),
            (List<String>) one.get("tracked"),
            (List<String>) one.getOrDefault("ignoreNulls", List.of()),
            Map.of());
    return new MergeCase(
        (String) one.get("name"),
        table,
        batches.stream()
            .map(batch -> batch.stream().map(change -> placed(change, all)).toList())
            .toList(),
        ((List<String>) one.get("rows")).stream().sorted().toList());
  }

  /** The same case with another table. */
  MergeCase on(TestTable other) {
    return new MergeCase(name, other, batches, rows);
  }

  private static List<TestChange> changes(String text) {
    List<TestChange> changes = new ArrayList<>();
    Matcher matcher = CHANGE.matcher(text);
    while (matcher.find()) {
      changes.add(change(matcher));
    }
    if (!matcher.replaceAll("").isBlank()) {
      throw new IllegalArgumentException("Cannot read the changes: " + text);
    }
    return changes;
  }

  private static TestChange change(Matcher matcher) {
    Kind kind =
        switch (matcher.group(2)) {
          case "U" -> Kind.UPSERT;
          case "D" -> Kind.DELETE;
          default -> Kind.TRUNCATE;
        };
    long order = Long.parseLong(matcher.group(4));
    return new TestChange(
        kind,
        matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1)),
        matcher.group(3) == null ? null : values(matcher.group(3)),
        order,
        matcher.group(5) == null ? NO_POSITION : Integer.parseInt(matcher.group(5)),
        matcher.group(6) == null ? order : Long.parseLong(matcher.group(6)));
  }

  private static List<String> values(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::trim)
        .map(word -> word.equals("-") ? null : word.equals("?") ? TestChange.UNSENT : word)
        .toList();
  }

  private static TestChange placed(TestChange change, List<TestChange> all) {
    if (change.position() != NO_POSITION) {
      return change;
    }
    Comparator<TestChange> ties =
        Comparator.comparing(TestChange::kind)
            .thenComparing(one -> String.valueOf(one.values()).replace("null", " "));
    return change.at(
        (int)
            all.stream()
                .filter(other -> other.order() == change.order() && ties.compare(other, change) < 0)
                .distinct()
                .count());
  }
}
