package org.beamlakehouse.transforms.internal.cdc.json;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.beamlakehouse.transforms.internal.cdc.json.FieldNames.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader against Jackson's tree: what is JSON, and what it holds. */
class JsonReaderTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .setNodeFactory(NODES)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String TELLING = "{}[]\":,\\0e-.ntfu1d8 \n\té€😀";
  private static final Pattern HUGE_EXPONENT = Pattern.compile("[eE][+-]?[0-9]{6,}");
  private static final List<String> SEEDS =
      List.of(
          "{\"a\":{\"b\":[1,-2.50,3e4,[],{}]},\"c\":null,\"d\":true,\"e\":false}",
          "[\"plain text that is long enough\",\"\\u00e9\\ud83d\\ude00\\n"
              + "\\\"\\\\\\/\\b\\f\\r"
              + "\\t\",\"é€😀\"]",
          " { \"a\" : [ 0 , -0 , 0.0 , 12345678901234567890 , 0.1e-7 ] , \"\\u0061\" : \"\" } ");

  @Property(tries = 5000)
  void damagedTextsAreJsonWhereJacksonSaysSo(
      @ForAll Random random, @ForAll @IntRange(max = 4) int damages) throws JsonException {
    StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int i = 0; i < damages; i++) {
      int at = random.nextInt(text.length() + 1);
      String telling = Character.toString(TELLING.codePoints().toArray()[random.nextInt(23)]);
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, telling);
        case 1 -> text.setLength(Math.max(1, at));
        default -> text.delete(at, Math.min(text.length(), at + random.nextInt(6)));
      }
    }
    // Half a surrogate pair has no bytes of its own.
    String json = utf8(text.toString());
    // Jackson takes exponents beyond 100,000 for infinite.
    Assume.that(!HUGE_EXPONENT.matcher(json).find());
    // Outside of objects and arrays Jackson wants more of what surrounds a number.
    if (json.strip().startsWith("{") || json.strip().startsWith("[")) {
      JsonNode expected = jackson(json);
      assertThat(json, readable(json), is(expected != null));
      if (expected != null) {
        assertThat(json, withoutHalves(read(json)), is(withoutHalves(expected)));
      }
    }
  }

  /** With the replacement character for half a surrogate pair, as in text that was read. */
  private static String withoutHalves(JsonNode json) {
    int[] characters =
        json.toString()
            .codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
            .toArray();
    return new String(characters, 0, characters.length);
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Property(tries = 5000)
  void numbersAreThoseOfTheirDigits(@ForAll Random random) throws JsonException {
    BigDecimal value =
        BigDecimal.valueOf(random.nextLong() >> random.nextInt(64), random.nextInt(20));
    String text = value.toPlainString();
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    JsonNumber number = new JsonNumber();
    assertThat(number.read(bytes, 0, bytes.length), is(bytes.length));
    assertThat(number.decimalValue(), is(value));
    assertThat(number.doubleValue(), is(Double.parseDouble(text)));
    if (value.scale() == 0) {
      assertThat(number.longValue(), is(value.longValueExact()));
      assertThat(number.isInt(), is(value.longValue() == value.intValue()));
    }
  }

  @Property(tries = 5000)
  void integersThatAreGivenAreThoseOfTheirDigits(@ForAll long value) {
    JsonNumber number = new JsonNumber();
    number.set(value);

    assertThat(number.isInteger() && number.isLong(), is(true));
    assertThat(number.longValue(), is(value));
    assertThat(number.isInt(), is(value == (int) value));
    assertThat(number.doubleValue(), is((double) value));
    assertThat(number.decimalValue(), is(BigDecimal.valueOf(value)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "-9223372036854775809", "99999999999999999999999999"})
  void integersOutOfRangeAreNoLongs(String text) throws JsonException {
    assertThat(number(text).isLong(), is(false));
    assertThat(number(text).decimalValue(), is(new BigDecimal(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775807", "-9223372036854775808", "0", "-0"})
  void integersInRangeAreLongs(String text) throws JsonException {
    assertThat(number(text).isLong(), is(true));
    assertThat(number(text).longValue(), is(Long.parseLong(text)));
  }

  @Test
  void exponentsBeyondAllBoundsHaveNoDecimal() throws JsonException {
    assertThat(number("1e99999999999").decimalValue(), is(nullValue()));
    assertThat(number("1e99999999999").doubleValue(), is(Double.POSITIVE_INFINITY));
  }

  @Test
  void halfASurrogatePairIsTold() throws JsonException {
    for (String half : List.of("\\ud83d", "\\ude00x", "\\ud83d\\u0041", "\\ud83d\\ud83d\\ude00")) {
      JsonReader in = open('"' + half + '"');
      in.first();
      assertThat(half, in.string().charAt(0), is('\ufffd'));
      assertThat(half, in.holdsHalfPair(), is(true));
    }
    JsonReader in = open("[\"\\ud83d\", \"\\ud83d\\ude00\"]");
    in.first();
    in.nextElement();
    in.nextElement();
    assertThat(in.string(), is("\ud83d\ude00"));
    assertThat(in.holdsHalfPair(), is(false));
  }

  @Test
  void namesKeepHalvesOfSurrogatePairsApart() throws JsonException {
    JsonReader in = open("{\"\\ud83d\": 1, \"é\\n\\ude00\": 2, \"?\": 3}");
    in.first();
    for (String name : List.of("\ud83d", "é\n\ude00", "?")) {
      assertThat(in.nextFieldName(), is(name));
      in.next();
    }
    assertThat(in.nextFieldName(), is(nullValue()));
  }

  @Test
  void nestingHasALimit() throws JsonException {
    int max = JsonReader.MAX_DEPTH;
    assertThat(readable("[".repeat(max) + "]".repeat(max)), is(true));
    JsonReader in = open("[".repeat(max + 1));
    in.first();
    assertThrows(JsonException.class, in::skip);
  }

  @Test
  void fieldsAreFoundInAnyOrder() throws JsonException {
    FieldNames<Integer> lengths = new FieldNames<>(String::length);
    for (String json :
        List.of("{\"a\":1,\"bc\":2}", "{\"bc\":1,\"a\":2}", "{\"\\u0061\":1}", "{\"bcd\":3}")) {
      JsonReader in = open(json);
      in.first();
      Field<Integer> field = lengths.start();
      while ((field = in.nextField(lengths, field)) != null) {
        assertThat(field.target(), is(field.name().length()));
        in.next();
      }
      assertThat(in.isAtEnd(), is(true));
    }
  }

  private static JsonNode jackson(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static boolean readable(String json) {
    try {
      JsonReader in = open(json);
      in.first();
      in.skip();
      return in.isAtEnd();
    } catch (JsonException e) {
      return false;
    }
  }

  private static JsonNode read(String json) throws JsonException {
    JsonReader in = open(json);
    return read(in, in.first());
  }

  private static JsonNode read(JsonReader in, JsonToken token) throws JsonException {
    return switch (token) {
      case OBJECT -> {
        ObjectNode object = NODES.objectNode();
        String name;
        while ((name = in.nextFieldName()) != null) {
          object.set(name, read(in, in.next()));
        }
        yield object;
      }
      case ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        JsonToken next;
        while ((next = in.nextElement()) != JsonToken.END) {
          array.add(read(in, next));
        }
        yield array;
      }
      case STRING -> NODES.textNode(in.string());
      case INTEGER ->
          !in.number().isLong()
              ? NODES.numberNode(in.number().decimalValue().toBigIntegerExact())
              : in.number().isInt()
                  ? NODES.numberNode((int) in.number().longValue())
                  : NODES.numberNode(in.number().longValue());
      case FRACTION -> NODES.numberNode(in.number().decimalValue());
      case TRUE, FALSE -> NODES.booleanNode(token == JsonToken.TRUE);
      case NULL, END -> NODES.nullNode();
    };
  }

  private static JsonNumber number(String text) throws JsonException {
    JsonReader in = open(text);
    in.first();
    return in.number();
  }

  private static JsonReader open(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return JsonReader.of(bytes, 0, bytes.length);
  }
}
