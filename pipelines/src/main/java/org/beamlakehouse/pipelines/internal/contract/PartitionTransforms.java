package org.beamlakehouse.pipelines.internal.contract;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.beamlakehouse.pipelines.internal.config.NameRules;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;

/**
 * Checks {@code partitionBy}: {@code col}, {@code bucket(n, col)}, {@code truncate(w, col)}, {@code
 * year(col)}, {@code month(col)}, {@code day(col)}, {@code hour(col)}. What Iceberg refuses when
 * the table is made is refused here, where the line is known.
 */
final class PartitionTransforms {
  private static final Pattern CALL =
      Pattern.compile("([A-Za-z_]\\w*)\\s*\\(\\s*(?:(\\d+)\\s*,\\s*)?([A-Za-z_]\\w*)\\s*\\)");
  private static final Set<Kind> DATES = EnumSet.of(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ);
  private static final Set<Kind> TIMESTAMPS = EnumSet.of(Kind.TIMESTAMP, Kind.TIMESTAMPTZ);
  private static final Map<String, Set<Kind>> TRANSFORMS =
      Map.of(
          "bucket",
          EnumSet.of(
              Kind.INT,
              Kind.LONG,
              Kind.DECIMAL,
              Kind.DATE,
              Kind.TIME,
              Kind.TIMESTAMP,
              Kind.TIMESTAMPTZ,
              Kind.STRING,
              Kind.UUID,
              Kind.FIXED,
              Kind.BINARY),
          "truncate",
          EnumSet.of(Kind.INT, Kind.LONG, Kind.DECIMAL, Kind.STRING, Kind.BINARY),
          "year",
          DATES,
          "month",
          DATES,
          "day",
          DATES,
          "hour",
          TIMESTAMPS);
  private static final List<String> NAMES =
      List.of("bucket", "truncate", "year", "month", "day", "hour");
  private static final Set<Kind> NO_IDENTITY = EnumSet.of(Kind.LIST, Kind.MAP, Kind.STRUCT);

  private final Map<String, ColumnType> columns;

  /** With the columns that a table can be partitioned by. */
  PartitionTransforms(Map<String, ColumnType> columns) {
    this.columns = columns;
  }

  /**
   * The transforms in one spelling: {@code bucket(8, id)}; those that are wrong are told. YAML
   * splits {@code [bucket(8, id)]} at the comma, so items are joined until brackets are closed.
   */
  List<String> read(YamlNode value) {
    List<YamlNode> items = value.kind() == YamlNode.Kind.LIST ? value.items() : List.of(value);
    List<String> transforms = new ArrayList<>();
    String begun = "";
    for (int i = 0; i < items.size(); i++) {
      YamlNode item = items.get(i);
      boolean scalar = item.kind() == YamlNode.Kind.TEXT || item.kind() == YamlNode.Kind.INTEGER;
      if (!scalar && item.asString("an item of 'partitionBy'") == null) {
        continue;
      }
      String text = begun + item.text().strip();
      boolean open = text.indexOf('(') >= 0 && text.indexOf(')') < 0;
      begun = open && i + 1 < items.size() ? text + ", " : "";
      if (begun.isEmpty()) {
        Optional<String> transform = read(item, text);
        if (transform.isPresent() && transforms.contains(transform.get())) {
          item.error("'partitionBy' has %s twice", transform.get());
        } else {
          transform.ifPresent(transforms::add);
        }
      }
    }
    return transforms;
  }

  private Optional<String> read(YamlNode item, String text) {
    if (NameRules.isSimple(text)) {
      return check(item, text, NO_IDENTITY, "identity") ? Optional.of(text) : Optional.empty();
    }
    Matcher call = CALL.matcher(text);
    if (!call.matches()) {
      item.error(
          "cannot read the transform '%s'; write col, bucket(n, col), truncate(w, col), year(col),"
              + " month(col), day(col) or hour(col)",
          text);
      return Optional.empty();
    }
    String name = call.group(1);
    Set<Kind> kinds = TRANSFORMS.get(name);
    if (kinds == null) {
      item.error("unknown transform '%s'%s", name, NearestName.hint(name, NAMES));
      return Optional.empty();
    }
    boolean sized = name.equals("bucket") || name.equals("truncate");
    String size = call.group(2);
    if (sized != (size != null) || (sized && !isPositive(size))) {
      item.error(
          sized
              ? "%1$s needs a number of at least 1: %1$s(n, %2$s)"
              : "%1$s takes a column only: %1$s(%2$s)",
          name,
          call.group(3));
      return Optional.empty();
    }
    Set<Kind> refused = EnumSet.complementOf(EnumSet.copyOf(kinds));
    if (!check(item, call.group(3), refused, name)) {
      return Optional.empty();
    }
    return Optional.of(
        sized
            ? String.format("%s(%s, %s)", name, size, call.group(3))
            : String.format("%s(%s)", name, call.group(3)));
  }

  private static boolean isPositive(String digits) {
    return digits.length() <= 9 && Integer.parseInt(digits) > 0;
  }

  private boolean check(YamlNode item, String column, Set<Kind> refused, String transform) {
    ColumnType type = columns.get(column);
    if (type == null) {
      item.error("unknown column '%s'%s", column, NearestName.hint(column, columns.keySet()));
      return false;
    }
    if (refused.contains(type.kind())) {
      item.error("%s cannot partition the column '%s' of type %s", transform, column, type);
      return false;
    }
    return true;
  }
}
