package org.beamlakehouse.pipelines.internal.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * Parses Iceberg type names: {@code long}, {@code decimal(10,2)}, {@code fixed[16]}, {@code
 * list<string>}, {@code map<string,int>}, {@code struct<a:int,b:list<string>>}. Case and spaces do
 * not matter, except in names of struct fields.
 */
public final class IcebergTypeParser {
  private static final Map<String, ColumnType> SIMPLE = new LinkedHashMap<>();
  private static final Set<String> PARAMETRIC = Set.of("decimal", "fixed", "list", "map", "struct");
  private static final Set<String> UNSUPPORTED =
      Set.of("timestamp_ns", "timestamptz_ns", "variant", "geometry", "geography", "unknown");

  static {
    for (ColumnType type :
        List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT,
            ColumnType.LONG,
            ColumnType.FLOAT,
            ColumnType.DOUBLE,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMPTZ,
            ColumnType.STRING,
            ColumnType.UUID,
            ColumnType.BINARY)) {
      SIMPLE.put(type.toString(), type);
    }
  }

  private final String text;
  private int at;

  private IcebergTypeParser(String text) {
    this.text = text;
  }

  /**
   * Parses a type name.
   *
   * @throws IllegalArgumentException with a reason fit for users
   */
  public static ColumnType parse(String text) {
    IcebergTypeParser parser = new IcebergTypeParser(text);
    ColumnType type = parser.type();
    parser.skipSpaces();
    if (parser.at < text.length()) {
      throw parser.failure("nothing may follow the type");
    }
    return type;
  }

  private ColumnType type() {
    String written = word("a type name");
    String name = written.toLowerCase(Locale.ROOT);
    ColumnType simple = SIMPLE.get(name);
    if (simple != null) {
      return simple;
    }
    return switch (name) {
      case "decimal" -> {
        expect('(');
        int precision = number();
        expect(',');
        int scale = number();
        expect(')');
        yield ColumnType.decimal(precision, scale);
      }
      case "fixed" -> {
        boolean bracket = tryConsume('[');
        if (!bracket) {
          expect('(');
        }
        int length = number();
        expect(bracket ? ']' : ')');
        yield ColumnType.fixed(length);
      }
      case "list" -> {
        expect('<');
        ColumnType element = type();
        expect('>');
        yield ColumnType.list(element);
      }
      case "map" -> {
        expect('<');
        ColumnType key = type();
        expect(',');
        ColumnType value = type();
        expect('>');
        yield ColumnType.map(key, value);
      }
      case "struct" -> struct();
      default -> throw unknown(written, name);
    };
  }

  private ColumnType struct() {
    expect('<');
    List<ColumnType.Field> fields = new ArrayList<>();
    do {
      String name = word("a field name");
      expect(':');
      if (fields.stream().anyMatch(f -> f.name().equals(name))) {
        throw failure("the field " + name + " is there twice");
      }
      fields.add(new ColumnType.Field(name, type(), false));
    } while (tryConsume(','));
    expect('>');
    return ColumnType.struct(fields);
  }

  private IllegalArgumentException unknown(String written, String name) {
    if (UNSUPPORTED.contains(name)) {
      return new IllegalArgumentException(
          "the type '"
              + name
              + "' is not supported"
              + (name.endsWith("_ns") ? "; use " + name.replace("_ns", "") : ""));
    }
    List<String> names = new ArrayList<>(SIMPLE.keySet());
    names.addAll(PARAMETRIC.stream().sorted().toList());
    return new IllegalArgumentException(
        "unknown type '"
            + written
            + "'"
            + NearestName.to(name, names)
                .map(n -> "; did you mean '" + n + "'?")
                .orElse("; use one of Iceberg's types: " + String.join(", ", names)));
  }

  private String word(String what) {
    skipSpaces();
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (start == at) {
      throw failure("expected " + what);
    }
    return text.substring(start, at);
  }

  private int number() {
    String digits = word("a number");
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw failure("'" + digits + "' is not a number");
    }
  }

  private void expect(char c) {
    if (!tryConsume(c)) {
      throw failure("expected '" + c + "'");
    }
  }

  private boolean tryConsume(char c) {
    skipSpaces();
    boolean found = at < text.length() && text.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }

  private void skipSpaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException failure(String reason) {
    return new IllegalArgumentException(
        String.format("cannot read the type '%s': %s at character %d", text, reason, at + 1));
  }
}
