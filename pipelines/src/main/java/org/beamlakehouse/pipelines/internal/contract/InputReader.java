package org.beamlakehouse.pipelines.internal.contract;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads what the records of a table's source mean: changes or extracts, their order, deletes. */
final class InputReader {
  /** Formats whose records say nothing of a source's log. */
  static final Set<String> PLAIN = Set.of("json", "avro");

  private static final List<String> KINDS = List.of("changes", "snapshots");
  private static final List<String> NOT_OF_EXTRACTS =
      List.of("applyAsDeletes", "applyAsTruncates", "ignoreNullUpdates");

  private final YamlNode node;
  private final @Nullable Map<String, String> sourceFormats;
  private final ColumnReader columns;
  private final CustomProperties custom;
  private final StorageType storage;

  InputReader(
      YamlNode node,
      @Nullable Map<String, String> sourceFormats,
      ColumnReader columns,
      CustomProperties custom,
      StorageType storage) {
    this.node = node;
    this.sourceFormats = sourceFormats;
    this.columns = columns;
    this.custom = custom;
    this.storage = storage;
  }

  /** Reads it to the definition; mistakes are told. */
  void read(TableDefinition.Builder table) {
    int errors = node.errorCount();
    boolean extracts = readsExtracts();
    new SequenceReader(node, sourceFormat(), columns, custom, storage).read(table, extracts);
    readDeletes(table);
    if (extracts && node.errorCount() == errors) {
      table.input(InputKind.SNAPSHOTS);
    }
  }

  /** Whether the input is extracts. */
  private boolean readsExtracts() {
    String input = custom.string("input");
    if (input == null || input.equals("changes")) {
      return false;
    }
    if (!input.equals("snapshots")) {
      error("input", "unknown value '%s' of 'input'%s", input, NearestName.hint(input, KINDS));
      return false;
    }
    String format = sourceFormat();
    if (format != null && !PLAIN.contains(format)) {
      error(
          "input",
          "'input: snapshots' needs a source of format json or avro: records of the %s source '%s'"
              + " are changes",
          format,
          custom.string("source"));
    }
    if (storage == StorageType.EVENTS) {
      error("input", "'input: snapshots' needs 'storedAsScdType' 1 or 2: events are never deleted");
    }
    for (String property : NOT_OF_EXTRACTS) {
      if (custom.has(property)) {
        error(
            property,
            "'%s' is not for 'input: snapshots': an extract says what each row is, and what it"
                + " lacks is deleted",
            property);
      }
    }
    return true;
  }

  private void readDeletes(TableDefinition.Builder table) {
    String deletes = custom.string("deletes");
    if (deletes != null && !List.of("soft", "hard").contains(deletes)) {
      error("deletes", "'deletes' must be soft or hard, not '%s'", deletes);
    } else if (deletes != null) {
      table.deletes(deletes.equals("hard") ? DeleteMode.HARD : DeleteMode.SOFT);
    }
    String applyAsDeletes = custom.string("applyAsDeletes");
    if (applyAsDeletes != null) {
      checkPredicate("applyAsDeletes", applyAsDeletes);
      table.applyAsDeletes(applyAsDeletes);
    }
    String applyAsTruncates = custom.string("applyAsTruncates");
    if (applyAsTruncates != null) {
      checkPredicate("applyAsTruncates", applyAsTruncates);
      table.applyAsTruncates(applyAsTruncates);
    }
  }

  private void checkPredicate(String property, String sql) {
    int errors = node.errorCount();
    SqlChecks.checkExpression(custom.get(property), sql, ColumnType.BOOLEAN, columns.columns());
    String format = sourceFormat();
    if (node.errorCount() == errors && format != null && !PLAIN.contains(format)) {
      error(
          property,
          "'%s' is not for records of the %s source '%s', which say themselves what they do; remove"
              + " it",
          property,
          format,
          custom.string("source"));
    }
  }

  /** Format of the source; null where it is not known. */
  private @Nullable String sourceFormat() {
    String source = custom.string("source");
    return sourceFormats == null || source == null ? null : sourceFormats.get(source);
  }

  /** Adds an error at the value of a custom property. */
  private void error(String property, String format, Object... arguments) {
    YamlNode value = custom.get(property);
    (value == null ? node : value).error(format, arguments);
  }
}
