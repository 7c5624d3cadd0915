package org.beamlakehouse.pipelines.internal.project;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.beamlakehouse.io.internal.kafka.ConsumerSettings;
import org.beamlakehouse.pipelines.internal.config.NameRules;
import org.beamlakehouse.pipelines.internal.config.TablePropertiesReader;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.pipelines.internal.project.SourceSettings.Type;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.beamlakehouse.transforms.table.TombstoneMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the {@code sources} of lakehouse.yaml. */
final class SourceReader {
  /** Key of the Iceberg properties of tables. */
  static final String TABLE_PROPERTIES = "tableProperties";

  private static final List<String> COMMON =
      List.of(
          "type",
          "format",
          "bronze",
          "timestampUnit",
          "decimalEncoding",
          "tombstones",
          TABLE_PROPERTIES);
  private static final List<String> FILES = List.of("path", "maxRecordBytes");
  private static final List<String> KAFKA =
      List.of(
          "bootstrapServers",
          "topics",
          "topicPattern",
          "kafka",
          "schemaRegistry",
          "schemaRegistryConfig");

  /** Such records are held in memory, several times over. */
  private static final int MAX_RECORD_BYTES = 1 << 29;

  /** Formats of files that are not read yet. */
  private static final List<String> NOT_YET = List.of("csv", "parquet");

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final String WHAT_WORKS =
      "supported: debezium-json, maxwell-json, canal-json and json, and from kafka debezium-avro"
          + " and avro";

  private final LocalPaths paths;
  private final Map<String, String> formats = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> tableProperties = new LinkedHashMap<>();
  private final Map<String, SourceSettings> sources = new LinkedHashMap<>();

  SourceReader(LocalPaths paths) {
    this.paths = paths;
  }

  /** Reads all sources; what is wrong is told, and the source left out. */
  void read(YamlNode node) {
    if (node.expectMap("'sources'")) {
      for (String name : node.keys()) {
        YamlNode source = node.get(name);
        if (source != null) {
          readSource(name, source).ifPresent(s -> sources.put(name, s));
        }
      }
    }
  }

  Map<String, SourceSettings> sources() {
    return sources;
  }

  /** Iceberg properties of bronze tables for which there are any, by table. */
  Map<String, Map<String, String>> tableProperties() {
    return tableProperties;
  }

  /** Format, as written, of every source that is declared, be it wrongly. */
  Map<String, String> formats() {
    return formats;
  }

  private Optional<SourceSettings> readSource(String name, YamlNode source) {
    formats.put(name, "");
    int errors = source.errorCount();
    if (!NameRules.isSimple(name)) {
      source.error("'%s' is not the name of a source; use letters, digits and _", name);
    }
    if (!source.expectMap("the source '" + name + "'")) {
      return Optional.empty();
    }
    List<String> types = Arrays.stream(Type.values()).map(Type::label).toList();
    String word = choose(source, "type", types);
    Type type = word == null ? null : Type.values()[types.indexOf(word)];
    RecordFormat format = readFormat(name, source, type);
    allowKeys(source, type);
    SourceSettings.Builder settings = SourceSettings.builder().name(name);
    String bronze = readBronze(name, source);
    settings.bronzeTable(bronze);
    YamlNode unit = source.get("timestampUnit");
    if (unit != null) {
      settings.timestampUnit(unit.asConstant("'timestampUnit'", TimestampUnit.class));
    }
    YamlNode encoding = source.get("decimalEncoding");
    if (encoding != null) {
      settings.decimalEncoding(encoding.asConstant("'decimalEncoding'", DecimalEncoding.class));
    }
    YamlNode properties = source.get(TABLE_PROPERTIES);
    if (properties != null) {
      tableProperties.put(bronze, TablePropertiesReader.read(properties));
    }
    YamlNode tombstones = source.get("tombstones");
    TombstoneMode mode =
        tombstones == null ? null : tombstones.asConstant("'tombstones'", TombstoneMode.class);
    settings.tombstones(mode == null ? TombstoneMode.DELETE : mode);
    if (type == Type.FILES) {
      String path = source.requireString("path");
      settings.path(path == null ? null : paths.resolve(path));
      readMaxRecordBytes(source, settings);
    } else if (type == Type.KAFKA) {
      readKafka(source, settings);
      RegistryReader.read(source, settings, format != null && format.needsSchemas());
    }
    boolean unknown = type == null || format == null || topicsAreUnfilled(source);
    return source.errorCount() > errors || unknown
        ? Optional.empty()
        : Optional.of(settings.type(type).format(format).build());
  }

  private static void readMaxRecordBytes(YamlNode source, SourceSettings.Builder settings) {
    Integer bytes = source.integer("maxRecordBytes");
    if (bytes != null && (bytes < 1 || bytes > MAX_RECORD_BYTES)) {
      source.errorAt("maxRecordBytes", "'maxRecordBytes' is from 1 to %d", MAX_RECORD_BYTES);
    } else if (bytes != null) {
      settings.maxRecordBytes(bytes);
    }
  }

  private static void allowKeys(YamlNode source, @Nullable Type type) {
    List<String> known = new ArrayList<>(COMMON);
    if (type != Type.KAFKA) {
      known.addAll(FILES);
    }
    if (type != Type.FILES) {
      known.addAll(KAFKA);
    }
    source.allowKeys(known);
  }

  private static void readKafka(YamlNode source, SourceSettings.Builder settings) {
    settings.bootstrapServers(source.requireString("bootstrapServers"));
    if (source.has("topics") == source.has("topicPattern")) {
      source.error("a kafka source has either 'topics' or 'topicPattern'");
    }
    readTopics(source, settings);
    YamlNode kafka = source.get("kafka");
    if (kafka != null) {
      Map<String, String> properties = kafka.asProperties("'kafka'");
      properties.keySet().removeIf(name -> kafka.get(name).isUnfilled());
      settings.kafka(properties);
      ConsumerSettings.problems(properties)
          .forEach((name, problem) -> kafka.errorAt(name, "'%s' of 'kafka' %s", name, problem));
      for (String name : properties.keySet()) {
        NearestName.to(name, ConsumerSettings.names())
            .filter(nearest -> !nearest.equals(name) && !ConsumerSettings.knows(name))
            .ifPresent(
                nearest ->
                    kafka.warningAt(
                        name, "Kafka does not know '%s'; did you mean '%s'?", name, nearest));
      }
    }
  }

  private static void readTopics(YamlNode source, SourceSettings.Builder settings) {
    if (topicsAreUnfilled(source)) {
      return;
    }
    YamlNode topics = source.get("topics");
    List<String> names = topics == null ? List.of() : topics.asStrings("'topics'");
    settings.topics(names);
    for (String name : names) {
      if (!TOPIC.matcher(name).matches()) {
        source.errorAt(
            "topics",
            "a topic has 1 to 249 letters, digits, '.', '_' and '-'; for others use"
                + " 'topicPattern'");
      }
    }
    String pattern = source.string("topicPattern");
    settings.topicPattern(pattern);
    try {
      Pattern.compile(pattern == null ? "" : pattern);
    } catch (PatternSyntaxException e) {
      source.errorAt(
          "topicPattern", "'topicPattern' is no regular expression: %s", e.getDescription());
    }
  }

  private static boolean topicsAreUnfilled(YamlNode source) {
    YamlNode topics = source.get("topics");
    YamlNode pattern = source.get("topicPattern");
    return (pattern != null && pattern.isUnfilled())
        || (topics != null
            && (topics.isUnfilled() || topics.items().stream().anyMatch(YamlNode::isUnfilled)));
  }

  private static String readBronze(String name, YamlNode source) {
    String bronze = source.string("bronze");
    String problem = bronze == null ? null : NameRules.tableProblem(bronze);
    YamlNode value = source.get("bronze");
    if (problem != null && value != null && !value.isUnfilled()) {
      value.error("'%s' %s", value.written(), problem);
    }
    return bronze == null ? "bronze." + name : bronze;
  }

  private @Nullable RecordFormat readFormat(String name, YamlNode source, @Nullable Type type) {
    List<String> labels = new ArrayList<>();
    for (RecordFormat format : RecordFormat.values()) {
      labels.add(format.label());
    }
    labels.addAll(NOT_YET);
    String label = choose(source, "format", labels);
    if (label == null) {
      return null;
    }
    formats.put(name, label);
    int at = labels.indexOf(label);
    RecordFormat format = at < RecordFormat.values().length ? RecordFormat.values()[at] : null;
    boolean fromFiles = format != null && format.needsSchemas() && type == Type.FILES;
    if (format == null || fromFiles) {
      source.errorAt(
          "format",
          "the format '%s' is not supported yet%s; %s",
          label,
          fromFiles ? " from files" : "",
          WHAT_WORKS);
    }
    return format;
  }

  private static @Nullable String choose(YamlNode source, String key, List<String> words) {
    String text = source.requireString(key);
    YamlNode value = source.get(key);
    if (text == null || value == null || value.isUnfilled()) {
      return null;
    }
    if (!words.contains(text)) {
      String shown = value.written();
      source.errorAt(key, "unknown %s '%s'%s", key, shown, NearestName.hint(shown, words));
      return null;
    }
    return text;
  }
}
