package org.beamlakehouse.transforms.internal.cdc.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames.Field;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads JSON (RFC 8259) from a range of a record's bytes, which must be UTF-8: value after value,
 * straight from the bytes, where its caller knows what comes next. Whatever is passed over is
 * checked to be JSON, but nothing is made of it.
 *
 * <p>Calls follow the structure: {@link #first} reads the outermost value. After an {@code OBJECT}
 * come {@link #nextField} and {@link #next} in turn until there is no further field; after an
 * {@code ARRAY} comes {@link #nextElement} until it gives {@code END}. {@link #skip} reads the rest
 * of the value that was just begun. Text and numbers are those of the last value read.
 *
 * <p>An instance is opened again for every record.
 */
public final class JsonReader {
  /** Objects and arrays nested deeper than this make a record unreadable. */
  public static final int MAX_DEPTH = 500;

  /** Error of a record that goes on behind its JSON value. */
  public static final String NOT_ENDING =
      "Cannot parse the record: something follows the JSON object; there may be only one";

  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final String[] SINGLE = new String[128];

  static {
    for (int i = 0; i < SINGLE.length; i++) {
      SINGLE[i] = String.valueOf((char) i);
    }
  }

  private final JsonNumber number = new JsonNumber();
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int depth;
  private boolean justOpened;
  private JsonToken token = JsonToken.END;
  private int start;

  private boolean repeated;
  private boolean escaped;
  private boolean halfPair;
  private byte[] text = bytes;
  private int textFrom;
  private int textTo;
  private byte[] unescaped = new byte[0];

  /** A reader of the bytes from {@code from} to before {@code to}. */
  public static JsonReader of(byte[] bytes, int from, int to) {
    JsonReader reader = new JsonReader();
    reader.open(bytes, from, to);
    return reader;
  }

  /** Begins with the bytes from {@code from} to before {@code to}. */
  public void open(byte[] source, int from, int to) {
    bytes = source;
    at = from;
    end = to;
    depth = 0;
    repeated = false;
    token = JsonToken.END;
  }

  /** Stands on a string whose text, without escapes, lies between two offsets. */
  public void standOn(byte[] source, int from, int to) {
    token = JsonToken.STRING;
    escaped = false;
    halfPair = false;
    text = source;
    textFrom = from;
    textTo = to;
  }

  /** Stands on an integer. */
  public void standOn(long value) {
    token = JsonToken.INTEGER;
    number.set(value);
  }

  /** Stands on a number that is written as JSON writes numbers. */
  public void standOnNumber(byte[] digits) throws JsonException {
    number.read(digits, 0, digits.length);
    token = number.isInteger() ? JsonToken.INTEGER : JsonToken.FRACTION;
  }

  /** Begins again with the outermost object, whose brace is at {@code brace}. */
  public void reopenObject(int brace) {
    at = brace + 1;
    depth = 1;
    justOpened = true;
    token = JsonToken.OBJECT;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Offset in the record of the last value's first byte. */
  public int start() {
    return start;
  }

  /** Offset in the record behind what was read. */
  public int end() {
    return at;
  }

  /** Reads the outermost value; {@code END} where there is none. */
  public JsonToken first() throws JsonException {
    skipSpace();
    return at == end ? JsonToken.END : next();
  }

  /** True where nothing follows the outermost value. */
  public boolean isAtEnd() throws JsonException {
    skipSpace();
    if (at < end) {
      next();
      return false;
    }
    return true;
  }

  /**
   * The next field of the object; null behind its last one.
   *
   * @param last the field before, or {@link FieldNames#start}
   */
  public <T> @Nullable Field<T> nextField(FieldNames<T> names, Field<T> last) throws JsonException {
    if (!beginField()) {
      return null;
    }
    Field<T> field = last.next();
    int nameEnd = field == null ? end + 1 : at + field.quoted().length;
    if (nameEnd <= end
        && Arrays.equals(bytes, at, nameEnd, field.quoted(), 0, field.quoted().length)) {
      at = nameEnd;
    } else {
      int from = at;
      field = names.find(last, readName(), bytes, from, at);
    }
    repeated |= names.isAgain(field);
    readColon();
    return field;
  }

  /** The name of the next field of the object; null behind its last one. */
  public @Nullable String nextFieldName() throws JsonException {
    if (!beginField()) {
      return null;
    }
    String name = readName();
    readColon();
    return name;
  }

  /** Reads the next element of the array; {@code END} behind its last one. */
  public JsonToken nextElement() throws JsonException {
    byte b = nextByte();
    if (b == ']') {
      close();
      return token;
    }
    if (!justOpened) {
      expect(b, ',');
    }
    return next();
  }

  /** Reads the value that must come next. */
  public JsonToken next() throws JsonException {
    byte b = nextByte();
    start = at;
    justOpened = false;
    switch (b) {
      case '"' -> {
        readString();
        token = JsonToken.STRING;
      }
      case '{' -> open(JsonToken.OBJECT);
      case '[' -> open(JsonToken.ARRAY);
      case 'n' -> readLiteral(NULL, JsonToken.NULL);
      case 't' -> readLiteral(TRUE, JsonToken.TRUE);
      case 'f' -> readLiteral(FALSE, JsonToken.FALSE);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        at = number.read(bytes, at, end);
        token = number.isInteger() ? JsonToken.INTEGER : JsonToken.FRACTION;
      }
      default -> throw JsonException.invalid(at);
    }
    return token;
  }

  /** Reads the last value to its end, which a string, number or literal has been already. */
  public void skip() throws JsonException {
    if (token == JsonToken.OBJECT) {
      while (beginField()) {
        readString();
        readColon();
        next();
        skip();
      }
    } else if (token == JsonToken.ARRAY) {
      while (nextElement() != JsonToken.END) {
        skip();
      }
    }
  }

  /** The last value, a string. */
  public String string() {
    resolveText();
    int length = textTo - textFrom;
    if (length == 1 && text[textFrom] >= 0) {
      return SINGLE[text[textFrom]];
    }
    return new String(text, textFrom, length, StandardCharsets.UTF_8);
  }

  /** The last value, a string, as the same object as another one where they are equal. */
  public String string(@Nullable String other) {
    return other != null && isText(other) ? other : string();
  }

  /** True where the last value, a string, is this one of ASCII characters. */
  public boolean isText(String ascii) {
    return textLength() == ascii.length() && beginsWith(ascii);
  }

  /** True where the last value, a string, begins with these ASCII characters. */
  public boolean beginsWith(String ascii) {
    resolveText();
    if (textTo - textFrom < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (text[textFrom + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of the last value, a string, between {@link #textFrom} and {@link #textTo}. */
  public byte[] text() {
    resolveText();
    return text;
  }

  public int textFrom() {
    resolveText();
    return textFrom;
  }

  public int textTo() {
    resolveText();
    return textTo;
  }

  /** Bytes of the last value's text, a string. */
  public int textLength() {
    resolveText();
    return textTo - textFrom;
  }

  /** The last value, a number; valid until the next one is read. */
  public JsonNumber number() {
    return number;
  }

  /** The JSON text between two offsets of the record. */
  public String json(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /**
   * True where the last string, whose text was asked for, has half of a surrogate pair, in the
   * place of which the text has the replacement character.
   */
  public boolean holdsHalfPair() {
    return halfPair;
  }

  /** Notes that a field's name came before in its object. */
  public void noteRepeated() {
    repeated = true;
  }

  /** True where a name came twice in an object that was read by names; asks anew from here. */
  public boolean takeRepeated() {
    boolean was = repeated;
    repeated = false;
    return was;
  }

  private void resolveText() {
    if (escaped) {
      int length = textTo - textFrom;
      if (unescaped.length < length) {
        unescaped = new byte[length];
      }
      int size = JsonStrings.unescape(bytes, textFrom, textTo, unescaped);
      halfPair = size < 0;
      textTo = halfPair ? ~size : size;
      textFrom = 0;
      text = unescaped;
      escaped = false;
    }
  }

  private void open(JsonToken container) throws JsonException {
    if (++depth > MAX_DEPTH) {
      throw JsonException.tooDeep();
    }
    at++;
    justOpened = true;
    token = container;
  }

  private void close() {
    at++;
    depth--;
    justOpened = false;
    token = JsonToken.END;
  }

  /** Moves to the quote of the next name; false behind the brace that ends the object. */
  private boolean beginField() throws JsonException {
    byte b = nextByte();
    if (b == '}') {
      close();
      return false;
    }
    if (!justOpened) {
      expect(b, ',');
      b = nextByte();
    }
    justOpened = false;
    if (b != '"') {
      throw JsonException.invalid(at);
    }
    return true;
  }

  private String readName() throws JsonException {
    readString();
    int from = textFrom;
    int to = textTo;
    String name = string();
    // Names that differ in halves of surrogate pairs only are different names.
    return halfPair ? JsonStrings.withHalfPairs(bytes, from, to) : name;
  }

  private void readColon() throws JsonException {
    expect(nextByte(), ':');
  }

  private void expect(byte found, char wanted) throws JsonException {
    if (found != wanted) {
      throw JsonException.invalid(at);
    }
    at++;
  }

  private void readString() throws JsonException {
    escaped = false;
    halfPair = false;
    text = bytes;
    textFrom = at + 1;
    int next = JsonStrings.plainEnd(bytes, textFrom, end);
    while (next < end && bytes[next] == '\\') {
      escaped = true;
      next += JsonStrings.escapeLength(bytes, next, end);
      next = JsonStrings.plainEnd(bytes, next, end);
    }
    if (next >= end) {
      throw JsonException.truncated(end);
    }
    if (bytes[next] != '"') {
      throw JsonException.invalid(next);
    }
    textTo = next;
    at = next + 1;
  }

  private void readLiteral(byte[] literal, JsonToken found) throws JsonException {
    for (byte expected : literal) {
      if (at == end) {
        throw JsonException.truncated(end);
      }
      if (bytes[at] != expected) {
        throw JsonException.invalid(at);
      }
      at++;
    }
    token = found;
  }

  /** The next byte that is no white space, which stays to be read. */
  private byte nextByte() throws JsonException {
    if (at < end && bytes[at] > ' ') {
      return bytes[at];
    }
    skipSpace();
    if (at == end) {
      throw JsonException.truncated(end);
    }
    return bytes[at];
  }

  private void skipSpace() {
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }
}
