package org.beamlakehouse.pipelines.internal.contract;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.QualityRule.Action;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Turns the {@code quality} of a table and its columns into row rules: SQL conditions that good
 * rows meet. Rules that only people or other tools read ({@code type: text}, other engines) are
 * passed over; rules that we should keep but cannot yet are errors.
 */
final class QualityReader {
  static final String ENGINE = "beam-lakehouse";

  private static final List<String> TYPES = List.of("library", "custom", "sql", "text");
  private static final List<String> ACTIONS = List.of("warn", "drop", "quarantine", "fail");
  private static final Set<String> KEYS = keys();

  private final ColumnReader columns;
  private final List<QualityRule> rules = new ArrayList<>();

  private QualityReader(ColumnReader columns) {
    this.columns = columns;
  }

  private static Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>(OdcsSchema.keys("DataQuality"));
    // The operators are alternatives in the standard, all of them known.
    keys.addAll(OdcsSchema.keys("DataQualityOperators"));
    return keys;
  }

  /** All row rules of a table, those of the columns first, in the file's order. */
  static List<QualityRule> read(YamlNode table, ColumnReader columns) {
    QualityReader reader = new QualityReader(columns);
    for (ColumnReader.Declared declared : columns.declared()) {
      declared
          .property()
          .items("quality")
          .forEach(quality -> reader.readRule(quality, declared.column()));
    }
    table.items("quality").forEach(quality -> reader.readRule(quality, null));
    return reader.rules;
  }

  private void readRule(YamlNode quality, @Nullable Column column) {
    if (!quality.expectMap("a quality rule")) {
      return;
    }
    quality.allowKeys(KEYS);
    String type = quality.has("type") ? quality.string("type") : "library";
    if (type == null) {
      return;
    }
    Action action = action(quality);
    switch (type) {
      case "library" -> {
        String metric = quality.requireString("metric");
        if (metric != null) {
          LibraryMetrics.condition(quality, metric, column, columns)
              .filter(condition -> SqlChecks.isCondition(quality, condition, columns.columns()))
              .ifPresent(condition -> add(quality, column, metric, condition, action));
        }
      }
      case "custom" -> readCustom(quality, column, action);
      case "sql" ->
          quality.error(
              "quality rules of type 'sql' are not supported yet; for a condition on each row use"
                  + " 'type: custom', 'engine: %s'",
              ENGINE);
      case "text" -> {}
      default ->
          quality.errorAt(
              "type", "unknown type '%s' of a quality rule%s", type, NearestName.hint(type, TYPES));
    }
  }

  private void readCustom(YamlNode quality, @Nullable Column column, Action action) {
    String engine = quality.requireString("engine");
    YamlNode implementation = quality.require("implementation");
    if (engine == null || implementation == null) {
      return;
    }
    if (!engine.equals(ENGINE)) {
      if (NearestName.to(engine, List.of(ENGINE)).isPresent()) {
        quality.errorAt("engine", "unknown engine '%s'; did you mean '%s'?", engine, ENGINE);
      } else {
        quality.warning("the rule of the engine '%s' is not run here", engine);
      }
      return;
    }
    String sql;
    if (implementation.kind() == YamlNode.Kind.MAP) {
      implementation.allowKeys(List.of("sql"));
      sql = implementation.requireString("sql");
    } else {
      sql = implementation.asString("'implementation'");
    }
    if (sql != null) {
      if (SqlChecks.isCondition(implementation, sql, columns.columns())) {
        add(quality, column, "custom", sql.strip(), action);
      }
    }
  }

  private static Action action(YamlNode quality) {
    String severity = quality.string("severity");
    Action byDefault = "error".equalsIgnoreCase(severity) ? Action.QUARANTINE : Action.WARN;
    CustomProperties custom = CustomProperties.of(quality, List.of("action"));
    String action = custom.string("action");
    if (action == null) {
      return byDefault;
    }
    if (!ACTIONS.contains(action)) {
      YamlNode value = custom.get("action");
      if (value != null) {
        value.error("unknown action '%s'%s", action, NearestName.hint(action, ACTIONS));
      }
      return byDefault;
    }
    return Action.valueOf(action.toUpperCase(Locale.ROOT));
  }

  private void add(
      YamlNode quality, @Nullable Column column, String kind, String condition, Action action) {
    String name = quality.string("name");
    if (name != null && isTaken(name)) {
      quality.errorAt("name", "duplicate quality rule '%s'; names are unique in a table", name);
      return;
    }
    if (name == null) {
      String derived = column == null ? kind : column.name() + "_" + kind;
      name = derived;
      for (int i = 2; isTaken(name); i++) {
        name = derived + "_" + i;
      }
    }
    rules.add(new QualityRule(name, condition, action));
  }

  private boolean isTaken(String name) {
    return rules.stream().anyMatch(rule -> rule.name().equals(name));
  }
}
