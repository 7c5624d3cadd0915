package org.beamlakehouse.pipelines.internal.contract;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.beamlakehouse.pipelines.internal.config.Durations;
import org.beamlakehouse.pipelines.internal.config.NameRules;
import org.beamlakehouse.pipelines.internal.config.TablePropertiesReader;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads one {@code schema} object of a contract to the definition of a silver table. */
final class TableReader {
  private static final List<String> CUSTOM =
      List.of(
          "source",
          "sourceTable",
          "storedAsScdType",
          "input",
          "sequenceBy",
          "sequenceByType",
          "applyAsDeletes",
          "applyAsTruncates",
          "deletes",
          "ignoreNullUpdates",
          "trackHistoryColumns",
          "trackHistoryExceptColumns",
          "eventTime",
          "allowedLateness",
          "partitionBy",
          "onUnknownFields",
          "failWhen",
          "tableProperties");
  private static final Map<String, StorageType> STORAGE =
      Map.of("0", StorageType.EVENTS, "1", StorageType.LATEST, "2", StorageType.HISTORY);
  private static final List<String> UNKNOWN_FIELDS =
      List.of("rescue", "quarantine", "fail", "evolve");
  private static final Set<Kind> TIMES = EnumSet.of(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ);

  private final YamlNode node;
  private final @Nullable Map<String, String> sourceFormats;
  private final ColumnReader columns;
  private final CustomProperties custom;
  private final TableDefinition.Builder table = TableDefinition.builder();
  private StorageType storage = StorageType.LATEST;

  private TableReader(YamlNode node, @Nullable Map<String, String> sourceFormats) {
    this.node = node;
    this.sourceFormats = sourceFormats;
    this.columns = ColumnReader.read(node);
    this.custom = CustomProperties.of(node, CUSTOM);
  }

  /**
   * Reads a table.
   *
   * @param sourceFormats format of each source of the project; null where they are not known
   * @return empty where there are errors, all of which are told
   */
  static Optional<TableDefinition> read(
      YamlNode node, @Nullable Map<String, String> sourceFormats) {
    if (!node.expectMap("an item of 'schema'")) {
      return Optional.empty();
    }
    int errors = node.errorCount();
    node.allowKeys(OdcsSchema.keys("SchemaObject"));
    Optional<TableDefinition> table = new TableReader(node, sourceFormats).read();
    return node.errorCount() > errors ? Optional.empty() : table;
  }

  private Optional<TableDefinition> read() {
    String name = readName();
    readSource();
    readStorage();
    new InputReader(node, sourceFormats, columns, custom, storage).read(table);
    readIgnoredNulls();
    readTracking();
    readEventTime();
    readPartitions();
    readUnknownFields();
    table.failWhen(FailWhenReader.read(custom.get("failWhen")));
    YamlNode properties = custom.get("tableProperties");
    if (properties != null) {
      table.tableProperties(TablePropertiesReader.read(properties));
    }
    List<QualityRule> rules = QualityReader.read(node, columns);
    warnOfUniqueColumns();
    if (name == null || columns.key().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          table
              .name(name)
              .columns(columns.columns())
              .keyColumns(columns.key())
              .qualityRules(rules)
              .build());
    } catch (IllegalArgumentException | IllegalStateException e) {
      node.error("%s", e.getMessage());
      return Optional.empty();
    }
  }

  private @Nullable String readName() {
    node.requireString("name");
    if (!node.has("physicalName")) {
      node.error("required key 'physicalName' is missing: the table, for example silver.orders");
      return null;
    }
    String name = node.string("physicalName");
    String problem = name == null ? null : NameRules.tableProblem(name);
    if (problem != null) {
      node.errorAt("physicalName", "'%s' %s", name, problem);
      return null;
    }
    return name;
  }

  private void readSource() {
    String source = custom.string("source");
    if (!custom.has("source")) {
      node.error("custom property 'source' is missing: which source feeds the table");
    } else if (source != null) {
      table.source(source);
      if (sourceFormats != null && !sourceFormats.containsKey(source)) {
        error(
            "source",
            "there is no source '%s' in lakehouse.yaml%s",
            source,
            NearestName.hint(source, sourceFormats.keySet()));
      }
    }
    String sourceTable = custom.string("sourceTable");
    if (sourceTable != null) {
      table.sourceTable(sourceTable);
    }
  }

  private void readStorage() {
    YamlNode value = custom.get("storedAsScdType");
    if (value == null) {
      return;
    }
    StorageType type = STORAGE.get(value.text());
    if (type == null) {
      value.error("'storedAsScdType' must be 0, 1 or 2, not '%s'", value.written());
    } else {
      storage = type;
      table.storage(type);
    }
  }

  private void readIgnoredNulls() {
    YamlNode value = custom.get("ignoreNullUpdates");
    if (value == null) {
      return;
    }
    List<String> notKey = columns.names().stream().filter(n -> !columns.key().contains(n)).toList();
    if (value.kind() == YamlNode.Kind.BOOLEAN) {
      boolean all = Boolean.parseBoolean(value.text());
      table.ignoreNullColumns(all ? new LinkedHashSet<>(notKey) : Set.of());
      return;
    }
    List<String> names = columnNames("ignoreNullUpdates");
    names.stream()
        .filter(columns.key()::contains)
        .forEach(name -> value.error("the key column '%s' is never null; remove it", name));
    table.ignoreNullColumns(new LinkedHashSet<>(names));
  }

  private void readTracking() {
    boolean tracked = custom.has("trackHistoryColumns");
    boolean excepted = custom.has("trackHistoryExceptColumns");
    if (tracked && excepted) {
      error(
          "trackHistoryExceptColumns",
          "give either 'trackHistoryColumns' or 'trackHistoryExceptColumns', not both");
      return;
    }
    String property = tracked ? "trackHistoryColumns" : "trackHistoryExceptColumns";
    if (!tracked && !excepted) {
      return;
    }
    if (storage != StorageType.HISTORY) {
      error(property, "'%s' needs 'storedAsScdType' 2", property);
    }
    List<String> names = columnNames(property);
    table.trackedColumns(
        tracked
            ? names
            : columns.names().stream()
                .filter(n -> !columns.key().contains(n) && !names.contains(n))
                .toList());
  }

  private void readEventTime() {
    String eventTime = custom.string("eventTime");
    if (eventTime != null && storage != StorageType.EVENTS) {
      error("eventTime", "'eventTime' needs 'storedAsScdType' 0");
    } else if (eventTime != null && isColumn("eventTime", eventTime)) {
      Optional<Column> column = columns.find(eventTime);
      if (column.isPresent() && !TIMES.contains(column.get().type().kind())) {
        error(
            "eventTime",
            "'eventTime' must be a date or timestamp, not the column '%s' of type %s",
            eventTime,
            column.get().type());
      }
      table.eventTime(eventTime);
    }
    String lateness = custom.string("allowedLateness");
    if (lateness == null) {
      return;
    }
    if (!custom.has("eventTime")) {
      error("allowedLateness", "'allowedLateness' needs 'eventTime'");
    }
    Durations.parse(lateness)
        .ifPresentOrElse(
            table::allowedLateness,
            () ->
                error(
                    "allowedLateness",
                    "'%s' is not a duration; write for example 30m, 1h, 2d or PT1H",
                    lateness));
  }

  private void readPartitions() {
    YamlNode value = custom.get("partitionBy");
    List<String> partitioned = columns.partitioned();
    if (value == null) {
      table.partitionBy(partitioned);
      return;
    }
    if (!partitioned.isEmpty()) {
      value.error(
          "give either 'partitionBy' or 'partitioned: true' on columns (%s), not both",
          String.join(", ", partitioned));
      return;
    }
    Map<String, ColumnType> types = new LinkedHashMap<>();
    columns.columns().forEach(c -> types.put(c.name(), c.type()));
    if (storage == StorageType.EVENTS && custom.has("eventTime")) {
      types.put(SystemColumns.EVENT_DATE, ColumnType.DATE);
    }
    table.partitionBy(new PartitionTransforms(types).read(value));
  }

  private void readUnknownFields() {
    String mode = custom.string("onUnknownFields");
    if (mode == null) {
      return;
    }
    switch (mode) {
      case "rescue" -> table.unknownFields(UnknownFields.RESCUE);
      case "quarantine" -> table.unknownFields(UnknownFields.QUARANTINE);
      case "fail" -> table.unknownFields(UnknownFields.FAIL);
      case "evolve" -> table.unknownFields(UnknownFields.EVOLVE);
      default ->
          error(
              "onUnknownFields",
              "unknown value '%s' of 'onUnknownFields'%s",
              mode,
              NearestName.hint(mode, UNKNOWN_FIELDS));
    }
  }

  private void warnOfUniqueColumns() {
    for (ColumnReader.Declared declared : columns.declared()) {
      boolean key = columns.key().equals(List.of(declared.column().name()));
      if (declared.property().isTrue("unique") && !key) {
        declared
            .property()
            .warning("'unique' of the column '%s' is not checked yet", declared.column().name());
      }
    }
  }

  /** The columns that a property names; those that are none are told and left out. */
  private List<String> columnNames(String property) {
    return custom.strings(property).stream()
        .filter(name -> isColumn(property, name))
        .filter(name -> columns.find(name).isPresent())
        .toList();
  }

  private boolean isColumn(String property, String name) {
    if (columns.isDeclared(name)) {
      return true;
    }
    error(
        property,
        "'%s' names the unknown column '%s'%s",
        property,
        name,
        NearestName.hint(name, columns.names()));
    return false;
  }

  /** Adds an error at the value of a custom property. */
  private void error(String property, String format, Object... arguments) {
    YamlNode value = custom.get(property);
    (value == null ? node : value).error(format, arguments);
  }
}
