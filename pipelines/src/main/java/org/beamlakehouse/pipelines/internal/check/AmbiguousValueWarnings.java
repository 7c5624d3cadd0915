package org.beamlakehouse.pipelines.internal.check;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.Problem;
import org.beamlakehouse.pipelines.internal.config.Problem.Severity;
import org.beamlakehouse.pipelines.internal.contract.Contract;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Finds columns and sequence fields whose values may come without anything that tells what they
 * mean: their format has no schema, leaves more than one reading, and nobody declared one.
 */
final class AmbiguousValueWarnings {
  /** Of which kinds a format has numbers in more than one unit. */
  private static final Map<RecordFormat, Set<Kind>> UNITS =
      Map.of(
          RecordFormat.JSON,
          EnumSet.of(Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMPTZ),
          // Its dates are days.
          RecordFormat.DEBEZIUM_JSON,
          EnumSet.of(Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMPTZ));

  private AmbiguousValueWarnings() {}

  /** A line for each table and property that could be declared. */
  static List<String> warnings(Project project) {
    List<String> warnings = new ArrayList<>();
    for (Contract contract : project.contracts()) {
      SourceSettings source = project.sources().get(contract.table().source());
      if (source == null) {
        continue;
      }
      warnOfSequence(contract, warnings);
      List<Column> columns =
          contract.table().columns().stream().filter(c -> c.expression() == null).toList();
      Set<Kind> kinds = UNITS.getOrDefault(source.format(), EnumSet.noneOf(Kind.class));
      if (source.timestampUnit() == null) {
        List<String> names =
            columns.stream()
                .filter(c -> c.timestampUnit() == null && c.type().holds(kinds))
                .map(Column::name)
                .toList();
        String what =
            "a number in %s counts in no unit that records of the source '%s' tell without a"
                + " schema, so they are quarantined; declare 'timestampUnit' for the source or the"
                + " column";
        warn(contract, what, names, warnings);
      }
      if (source.decimalEncoding() == null && source.format() == RecordFormat.DEBEZIUM_JSON) {
        List<String> names =
            columns.stream()
                .filter(
                    c -> c.decimalEncoding() == null && c.type().holds(EnumSet.of(Kind.DECIMAL)))
                .map(Column::name)
                .toList();
        String what =
            "a string in %s can be text or base64 where records of the source '%s' bring no"
                + " schema, and those that can be both are quarantined; declare 'decimalEncoding'"
                + " for the source or the column";
        warn(contract, what, names, warnings);
      }
    }
    return warnings;
  }

  private static void warnOfSequence(Contract contract, List<String> warnings) {
    TableDefinition table = contract.table();
    List<String> untyped =
        table.sequenceBy().stream()
            .filter(f -> table.indexOf(f) < 0 && !table.sequenceTypes().containsKey(f))
            .toList();
    String what =
        "'sequenceBy' names %s, which is no column and has no declared type, so that records of the"
            + " source '%s' with anything but a whole number in it are quarantined; declare"
            + " 'sequenceByType'";
    warn(contract, what, untyped, warnings);
    List<String> texts =
        table.sequenceBy().stream()
            .filter(f -> table.indexOf(f) >= 0 && table.sequenceType(f).equals(ColumnType.STRING))
            .toList();
    what =
        "'sequenceBy' compares the text in %s of the source '%s' by characters, so that 9 comes"
            + " after 10, and a time with a fraction before the same without; give the column the"
            + " type of what it holds";
    warn(contract, what, texts, warnings);
  }

  private static void warn(
      Contract contract, String what, List<String> columns, List<String> warnings) {
    if (!columns.isEmpty()) {
      String message = String.format(what, String.join(", ", columns), contract.table().source());
      warnings.add(
          new Problem(contract.file(), contract.line(), Severity.WARNING, message).toString());
    }
  }
}
