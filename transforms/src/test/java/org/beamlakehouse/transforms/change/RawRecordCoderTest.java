package org.beamlakehouse.transforms.change;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RawRecordCoderTest {
  private static final RawRecordCoder CODER = RawRecordCoder.of();
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.000006Z");

  static List<RawRecord> records() {
    return List.of(
        record("{}", "7", SourcePosition.inTopic("orders", 3, 1_042)),
        record(null, "7", SourcePosition.inTopic("orders", 0, Long.MAX_VALUE)),
        record("", null, SourcePosition.inFile("a/b-ü.jsonl", 0)),
        record("x".repeat(1 << 20), null, SourcePosition.inFile("", -1)),
        RawRecord.of("", null, null, SourcePosition.inTopic("", -1, 0), Instant.MIN));
  }

  @ParameterizedTest
  @MethodSource("records")
  void recordsComeBackAsTheyWere(RawRecord record) throws Exception {
    CoderProperties.coderDecodeEncodeEqual(CODER, record);
    CoderProperties.coderSerializable(CODER);
    CoderProperties.structuralValueDecodeEncodeEqual(CODER, record);
  }

  @Test
  void recordsAreEqualExactlyWhereTheirBytesAre() throws Exception {
    List<RawRecord> records = records();
    List<RawRecord> copies = records();
    for (int i = 0; i < records.size(); i++) {
      CoderProperties.coderDeterministic(CODER, records.get(i), copies.get(i));
      for (RawRecord other : copies) {
        CoderProperties.coderConsistentWithEquals(CODER, records.get(i), other);
      }
    }
  }

  @Test
  void isTheDefaultCoderWithoutAWord() throws CannotProvideCoderException {
    assertThat(Pipeline.create().getCoderRegistry().getCoder(RawRecord.class), equalTo(CODER));
  }

  @Test
  void isTheDefaultCoderWhereRegistered() throws CannotProvideCoderException {
    Pipeline pipeline = Pipeline.create();
    RawRecordCoder.register(pipeline);
    assertThat(pipeline.getCoderRegistry().getCoder(RawRecord.class), equalTo(CODER));
  }

  @Test
  void cutBytesAreRefused() throws Exception {
    byte[] bytes = CoderUtils.encodeToByteArray(CODER, records().get(0));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThrows(CoderException.class, () -> CoderUtils.decodeFromByteArray(CODER, cut));
    assertThrows(CoderException.class, () -> CoderUtils.encodeToByteArray(CODER, null));
  }

  private static RawRecord record(String payload, String key, SourcePosition position) {
    return RawRecord.of(
        "shop",
        payload == null ? null : payload.getBytes(UTF_8),
        key == null ? null : key.getBytes(UTF_8),
        position,
        TIME);
  }
}
