package org.beamlakehouse.pipelines.internal.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.beamlakehouse.pipelines.internal.config.Problem.Severity;
import org.beamlakehouse.pipelines.internal.config.YamlNode.Entry;
import org.beamlakehouse.pipelines.internal.config.YamlNode.Kind;
import org.beamlakehouse.pipelines.internal.config.YamlNode.Place;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Parses a YAML file to {@link YamlNode}s. Duplicate keys, keys that are not text and tags of
 * programming languages are errors; anchors, aliases and {@code <<} merges work.
 */
public final class YamlFile {
  private static final Map<Tag, Kind> KINDS =
      Map.of(
          Tag.STR, Kind.TEXT,
          Tag.INT, Kind.INTEGER,
          Tag.FLOAT, Kind.NUMBER,
          Tag.BOOL, Kind.BOOLEAN,
          Tag.NULL, Kind.NULL);

  private final String file;
  private final Problems problems;
  private final @Nullable Map<String, String> environment;
  private final Severity unset;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlFile(
      String file, Problems problems, @Nullable Map<String, String> environment, Severity unset) {
    this.file = file;
    this.problems = problems;
    this.environment = environment;
    this.unset = unset;
  }

  /**
   * Reads a file as UTF-8 text, without byte order mark.
   *
   * @param name how problems name the file
   * @return null where it cannot be read, which is told as a problem
   */
  public static @Nullable String readText(Path path, String name, Problems problems) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      problems.error(name, 0, "cannot read the file: it is not UTF-8 text; save it as UTF-8");
    } catch (IOException e) {
      String reason =
          Files.isDirectory(path)
              ? "it is a directory"
              : Files.exists(path) ? e.getClass().getSimpleName() : "it does not exist";
      problems.error(name, 0, "cannot read the file: " + reason);
    }
    return null;
  }

  /**
   * Parses YAML text as it is.
   *
   * @return the map at its top; null where there is none, which is told as a problem
   */
  public static @Nullable YamlNode parse(String file, String text, Problems problems) {
    return new YamlFile(file, problems, null, Severity.ERROR).root(text);
  }

  /**
   * As {@link #parse}, with {@code ${NAME}} in scalars filled in from the environment.
   *
   * @param unset what a variable that is not set is; the scalar is {@linkplain YamlNode#isUnfilled
   *     left as it is written}
   */
  public static @Nullable YamlNode parseWithVariables(
      String file,
      String text,
      Map<String, String> environment,
      Severity unset,
      Problems problems) {
    return new YamlFile(file, problems, environment, unset).root(text);
  }

  private @Nullable YamlNode root(String text) {
    Node node;
    try {
      node = yaml().compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      problems.error(file, line, "cannot parse YAML: " + reason(e));
      return null;
    } catch (ReaderException e) {
      int line = 1 + (int) text.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count();
      problems.error(
          file,
          line,
          String.format(
              "cannot parse YAML: the character U+%04X is not allowed", e.getCodePoint()));
      return null;
    } catch (YAMLException e) {
      problems.error(file, 0, "cannot parse YAML: " + firstLine(e.getMessage()));
      return null;
    }
    if (node == null || node.getTag().equals(Tag.NULL)) {
      problems.error(file, 1, "the file is empty");
      return null;
    }
    YamlNode root = convert(node, node.getStartMark().getLine() + 1);
    return root.expectMap("the file's content") ? root : null;
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    DumperOptions dumper = new DumperOptions();
    return new Yaml(
        new SafeConstructor(options),
        new Representer(dumper),
        dumper,
        options,
        new YamlCoreResolver());
  }

  private static String reason(MarkedYAMLException e) {
    String problem = firstLine(e.getProblem()).replaceAll("\\.\\s*(?=\\(|$)", " ").strip();
    String context = e.getContext() == null ? "" : firstLine(e.getContext());
    if (context.isEmpty()) {
      return problem;
    }
    // An open quote shows where the file ends; the line where it began is what helps.
    return e.getContextMark() == null
        ? String.format("%s (%s)", problem, context)
        : String.format("%s (%s in line %d)", problem, context, e.getContextMark().getLine() + 1);
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("").strip();
  }

  private YamlNode convert(Node node, int line) {
    int endLine =
        Math.max(line, node.getEndMark().getLine() + (node.getEndMark().getColumn() > 0 ? 1 : 0));
    Place place = new Place(problems, file, line, endLine);
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar, place);
    }
    if (!open.add(node)) {
      problems.error(file, line, "an alias refers to what it is part of");
      return YamlNode.scalar(place, Kind.NULL, "", "");
    }
    try {
      if (node instanceof MappingNode map) {
        checkTag(node, Tag.MAP, line);
        return YamlNode.map(place, entries(map));
      }
      checkTag(node, Tag.SEQ, line);
      List<YamlNode> items = new ArrayList<>();
      for (Node item : ((SequenceNode) node).getValue()) {
        items.add(convert(item, item.getStartMark().getLine() + 1));
      }
      return YamlNode.list(place, Collections.unmodifiableList(items));
    } finally {
      open.remove(node);
    }
  }

  private YamlNode scalar(ScalarNode scalar, Place place) {
    String written = scalar.getValue();
    if (environment != null && Variables.isIn(written)) {
      UnaryOperator<String> fill =
          text ->
              Variables.fill(
                      text,
                      environment,
                      e -> problems.add(file, place.line(), unset, e),
                      e -> problems.error(file, place.line(), e))
                  .orElse(text);
      return YamlNode.scalar(place, Kind.TEXT, fill.apply(written), written);
    }
    Kind kind = KINDS.get(scalar.getTag());
    if (kind == null) {
      checkTag(scalar, Tag.STR, place.line());
    }
    return YamlNode.scalar(place, kind == null ? Kind.TEXT : kind, written, written);
  }

  private Map<String, Entry> entries(MappingNode map) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, Entry> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      Node key = tuple.getKeyNode();
      int keyLine = key.getStartMark().getLine() + 1;
      if (key.getTag().equals(Tag.MERGE)) {
        merge(tuple.getValueNode(), keyLine, merged);
      } else if (key instanceof ScalarNode scalar && !key.getTag().equals(Tag.NULL)) {
        Entry entry = new Entry(keyLine, convert(tuple.getValueNode(), keyLine));
        Entry first = entries.putIfAbsent(scalar.getValue(), entry);
        if (first != null) {
          problems.error(
              file,
              keyLine,
              String.format(
                  "duplicate key '%s'; it is already in line %d",
                  scalar.getValue(), first.keyLine()));
        }
      } else {
        problems.error(file, keyLine, "a key of a map must be text");
      }
    }
    // Own keys win over merged ones, and come first in error texts.
    merged.forEach(entries::putIfAbsent);
    return Collections.unmodifiableMap(entries);
  }

  private void merge(Node value, int line, Map<String, Entry> merged) {
    if (!open.add(value)) {
      problems.error(file, line, "an alias refers to what it is part of");
      return;
    }
    if (value instanceof MappingNode map) {
      entries(map).forEach(merged::putIfAbsent);
    } else if (value instanceof SequenceNode list) {
      list.getValue().forEach(item -> merge(item, line, merged));
    } else {
      problems.error(file, line, "the value of '<<' must be an alias of a map");
    }
    open.remove(value);
  }

  private void checkTag(Node node, Tag expected, int line) {
    if (!node.getTag().equals(expected)) {
      problems.error(file, line, "the tag " + node.getTag() + " is not allowed; remove it");
    }
  }
}
