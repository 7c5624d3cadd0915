package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.ChangeEventCoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the case files. */
class RecordParserTest {
  private static final Set<String> TEXTS = Set.of("deadLetter", "halt", "error");

  static Stream<ParseCase> cases() {
    return ParseCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void recordsBecomeWhatTheCaseExpects(ParseCase test) {
    List<ObjectNode> got = test.parse().all();
    List<JsonNode> expected = test.expected();
    assertThat(got.toString(), got.size(), is(expected.size()));
    for (int i = 0; i < expected.size(); i++) {
      check(expected.get(i), got.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void changesHaveTheClassesThatTheirCoderTakes(ParseCase test) throws CoderException {
    ChangeEventCoder coder = ChangeEventCoder.of(test.tables());
    for (ChangeEvent change : test.parse().changes()) {
      byte[] bytes = CoderUtils.encodeToByteArray(coder, change);
      assertThat(CoderUtils.decodeFromByteArray(coder, bytes), is(change));
    }
  }

  private static void check(JsonNode expected, JsonNode got) {
    for (Iterator<Map.Entry<String, JsonNode>> it = expected.fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> member = it.next();
      JsonNode found = got.path(member.getKey());
      if (TEXTS.contains(member.getKey()) && found.isTextual()) {
        assertThat(found.asText(), containsString(member.getValue().asText()));
      } else if (member.getValue().isNull()) {
        assertThat(got.toString(), found.isMissingNode(), is(true));
      } else {
        assertThat(
            member.getKey() + " of " + got, found.toString(), is(member.getValue().toString()));
      }
    }
  }
}
