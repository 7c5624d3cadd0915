package org.beamlakehouse.pipelines.internal.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A value of a YAML file that knows its line. The typed readers tell what is wrong to the {@link
 * Problems} of the file and return null (or what the Javadoc says), so that reading goes on and all
 * problems of a file are found at once.
 */
public final class YamlNode {

  /** What a value is. */
  public enum Kind {
    MAP("a map"),
    LIST("a list"),
    TEXT("text"),
    INTEGER("a whole number"),
    NUMBER("a number"),
    BOOLEAN("true or false"),
    NULL("empty");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** A key of a map with its own line. */
  record Entry(int keyLine, YamlNode value) {}

  private final Problems problems;
  private final String file;
  private final int line;
  private final int endLine;
  private final Kind kind;
  private final String text;
  private final String written;
  private final List<YamlNode> items;
  private final Map<String, Entry> entries;

  private YamlNode(
      Place place,
      Kind kind,
      String text,
      String written,
      List<YamlNode> items,
      Map<String, Entry> entries) {
    this.problems = place.problems();
    this.file = place.file();
    this.line = place.line();
    this.endLine = place.endLine();
    this.kind = kind;
    this.text = text;
    this.written = written;
    this.items = items;
    this.entries = entries;
  }

  /** Where a value stands. */
  record Place(Problems problems, String file, int line, int endLine) {}

  static YamlNode scalar(Place place, Kind kind, String text, String written) {
    return new YamlNode(place, kind, text, written, List.of(), Map.of());
  }

  static YamlNode list(Place place, List<YamlNode> items) {
    return new YamlNode(place, Kind.LIST, "", Kind.LIST.words, items, Map.of());
  }

  static YamlNode map(Place place, Map<String, Entry> entries) {
    return new YamlNode(place, Kind.MAP, "", Kind.MAP.words, List.of(), entries);
  }

  /** What the value is. */
  public Kind kind() {
    return kind;
  }

  /** True for a key without a value. */
  public boolean isNull() {
    return kind == Kind.NULL;
  }

  /** The file, as problems name it. */
  public String file() {
    return file;
  }

  /** The line, from 1, of the value, or of its key where it is the value of a key. */
  public int line() {
    return line;
  }

  /** The last line of the value. */
  public int endLine() {
    return endLine;
  }

  /** Text of a scalar, empty for lists and maps; may hold secrets, not to be shown. */
  public String text() {
    return text;
  }

  /** True where the text refers to a variable that is not set, which was told. */
  public boolean isUnfilled() {
    return Variables.isIn(text) && text.equals(written);
  }

  /** A scalar as it is written in the file, or what this is; safe to be shown in error texts. */
  public String written() {
    return written;
  }

  /** Adds an error at this value's line. */
  public void error(String format, Object... arguments) {
    problems.error(file, line, String.format(format, arguments));
  }

  /** How many errors were told so far, in all files; grows where reading a part found any. */
  public int errorCount() {
    return problems.errorCount();
  }

  /** Adds a warning at this value's line. */
  public void warning(String format, Object... arguments) {
    problems.warning(file, line, String.format(format, arguments));
  }

  /** Adds an error at the line of one of this map's keys. */
  public void errorAt(String key, String format, Object... arguments) {
    Entry entry = entries.get(key);
    problems.error(file, entry == null ? line : entry.keyLine(), String.format(format, arguments));
  }

  /** Adds a warning at the line of one of this map's keys. */
  public void warningAt(String key, String format, Object... arguments) {
    Entry entry = entries.get(key);
    problems.warning(
        file, entry == null ? line : entry.keyLine(), String.format(format, arguments));
  }

  /** Tells an error and returns false where this is no map; {@code what} names it in the text. */
  public boolean expectMap(String what) {
    return expect(Kind.MAP, what);
  }

  /** Tells an error for every key that is not known, with the nearest that is. */
  public void allowKeys(Collection<String> known) {
    entries.forEach(
        (key, entry) -> {
          if (!known.contains(key)) {
            problems.error(
                file, entry.keyLine(), "unknown key '" + key + "'" + NearestName.hint(key, known));
          }
        });
  }

  /** Keys of a map in the file's order; empty for anything else. */
  public Collection<String> keys() {
    return entries.keySet();
  }

  /** True where this is a map with the key. */
  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The value of a key, or null. */
  public @Nullable YamlNode get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** The value of a key; tells an error and returns null where it is missing. */
  public @Nullable YamlNode require(String key) {
    if (!has(key)) {
      error("required key '%s' is missing", key);
    }
    return get(key);
  }

  /** Text of a key that may be missing. */
  public @Nullable String string(String key) {
    YamlNode value = get(key);
    return value == null ? null : value.asString("'" + key + "'");
  }

  /** Text of a key that must be there. */
  public @Nullable String requireString(String key) {
    return require(key) == null ? null : string(key);
  }

  /** True where the key has the value true; false also where it is missing. */
  public boolean isTrue(String key) {
    YamlNode value = get(key);
    return value != null
        && value.expect(Kind.BOOLEAN, "'" + key + "'")
        && Boolean.parseBoolean(value.text);
  }

  /** A whole number of a key that may be missing. */
  public @Nullable Integer integer(String key) {
    YamlNode value = get(key);
    if (value == null || value.isUnfilled()) {
      return null;
    }
    // What variables give is text, whatever it looks like: a password may be all digits.
    boolean isFilled = !value.text.equals(value.written);
    if (!isFilled && !value.expect(Kind.INTEGER, "'" + key + "'")) {
      return null;
    }
    try {
      return Integer.valueOf(value.text);
    } catch (NumberFormatException e) {
      value.error(isFilled ? "'%s' must be a whole number" : "'%s' is out of range", key);
      return null;
    }
  }

  /** Items of a list that may be missing; empty also where it is no list. */
  public List<YamlNode> items(String key) {
    YamlNode value = get(key);
    return value == null || !value.expect(Kind.LIST, "'" + key + "'") ? List.of() : value.items;
  }

  /** Items of this list; empty for anything else. */
  public List<YamlNode> items() {
    return items;
  }

  /** This value as text; tells an error and returns null where it is something else or blank. */
  public @Nullable String asString(String what) {
    if (kind == Kind.INTEGER || kind == Kind.NUMBER || kind == Kind.BOOLEAN) {
      error("%s must be text, not %s; put it in quotes", what, kind.words);
      return null;
    }
    if (!expect(Kind.TEXT, what)) {
      return null;
    }
    if (text.isBlank()) {
      error("%s must not be blank", what);
      return null;
    }
    return text;
  }

  /**
   * This value as a constant, written in lower case; tells an error and returns null for others.
   */
  public <E extends Enum<E>> @Nullable E asConstant(String what, Class<E> type) {
    String word = asString(what);
    if (word == null || isUnfilled()) {
      return null;
    }
    List<String> words = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      words.add(constant.name().toLowerCase(Locale.ROOT));
      if (word.equals(words.get(words.size() - 1))) {
        return constant;
      }
    }
    error("%s cannot be '%s'; use one of %s", what, written(), String.join(", ", words));
    return null;
  }

  /** One text or a list of texts; items that are no text are told and left out. */
  public List<String> asStrings(String what) {
    if (kind != Kind.LIST) {
      String single = asString(what);
      return single == null ? List.of() : List.of(single);
    }
    if (items.isEmpty()) {
      error("%s must not be an empty list", what);
    }
    List<String> texts = new ArrayList<>();
    for (YamlNode item : items) {
      String itemText = item.asString("an item of " + what);
      if (itemText != null && texts.contains(itemText)) {
        item.error("%s names '%s' twice", what, item.written);
      } else if (itemText != null) {
        texts.add(itemText);
      }
    }
    return texts;
  }

  /** A map of scalars, each as text: {@code {port: 80}} gives {@code "80"}. */
  public Map<String, String> asProperties(String what) {
    Map<String, String> properties = new LinkedHashMap<>();
    if (expect(Kind.MAP, what)) {
      entries.forEach(
          (key, entry) -> {
            Kind found = entry.value().kind;
            if (found == Kind.MAP || found == Kind.LIST || found == Kind.NULL) {
              entry
                  .value()
                  .error("'%s' of %s must be text or a number, not %s", key, what, found.words);
            } else {
              properties.put(key, entry.value().text);
            }
          });
    }
    return properties;
  }

  /** A number's value; null for anything else and for exponents beyond reason. */
  public @Nullable BigDecimal number() {
    if (kind != Kind.INTEGER && kind != Kind.NUMBER) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Tells an error and returns false where this is not of the kind. */
  public boolean expect(Kind expected, String what) {
    if (kind == expected) {
      return true;
    }
    if (kind == Kind.NULL) {
      error("%s is empty; it must be %s", what, expected.words);
    } else {
      error("%s must be %s, not %s", what, expected.words, kind.words);
    }
    return false;
  }

  /**
   * Visits all scalars below this node, each with the key that it, or the list it is in, is the
   * value of.
   */
  public void visitTexts(String key, BiConsumer<String, String> visitor) {
    items.forEach(item -> item.visitTexts(key, visitor));
    entries.forEach((name, entry) -> entry.value().visitTexts(name, visitor));
    if (items.isEmpty() && entries.isEmpty() && !text.isEmpty()) {
      visitor.accept(key, text);
    }
  }
}
