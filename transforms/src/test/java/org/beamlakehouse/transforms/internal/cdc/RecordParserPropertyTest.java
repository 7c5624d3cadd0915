package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.beamlakehouse.transforms.change.RawRecord;

/** Whatever the bytes of a record are, the parser says what it made of them and never throws. */
class RecordParserPropertyTest {
  private static final List<ParseCase> CASES = ParseCase.all().toList();
  private static final byte[] TELLING =
      "{}[]\":,\\0e-.ntf \u00ff".getBytes(StandardCharsets.ISO_8859_1);

  @Property(tries = 3000)
  void aDamagedRecordNeverThrows(@ForAll Random random, @ForAll @IntRange(min = 1, max = 4) int n) {
    ParseCase test = CASES.get(random.nextInt(CASES.size()));
    List<RawRecord> records = withPayload(test);
    if (records.isEmpty()) {
      return;
    }
    RecordParser parser = RecordParser.of(test.format(), test.tables());
    RawRecord record = records.get(random.nextInt(records.size()));
    Outcomes outcomes = new Outcomes();
    // The undamaged record goes first, so that its table and schema are known.
    parser.parse(record, null, outcomes);
    int before = outcomes.all().size();
    byte[] payload = record.payload();
    for (int i = 0; i < n; i++) {
      payload = damage(payload, random);
    }
    parser.parse(with(record, payload), null, outcomes);
    assertThat(outcomes.all().size() > before, is(true));
  }

  @Property(tries = 300)
  void aTruncatedRecordIsADeadLetter(@ForAll Random random) {
    ParseCase test = CASES.get(random.nextInt(CASES.size()));
    for (RawRecord record : withPayload(test)) {
      Outcomes whole = new Outcomes();
      RecordParser parser = RecordParser.of(test.format(), test.tables());
      parser.parse(record, null, whole);
      byte[] payload = record.payload();
      String text = new String(payload, StandardCharsets.UTF_8).strip();
      if (whole.all().get(0).has("deadLetter") || !text.startsWith("{")) {
        continue;
      }
      int length = 1 + random.nextInt(text.getBytes(StandardCharsets.UTF_8).length - 1);
      Outcomes cut = new Outcomes();
      parser.parse(with(record, Arrays.copyOf(payload, length)), null, cut);
      assertThat(test.name(), cut.all().size(), is(1));
      assertThat(
          test.name() + " of " + length + " bytes: " + cut.all(),
          cut.all().get(0).has("deadLetter"),
          is(true));
    }
  }

  @Property(tries = 300)
  void theRecordsBeforeDoNotChangeWhatARecordBecomes(@ForAll Random random) {
    ParseCase test = CASES.get(random.nextInt(CASES.size()));
    List<RawRecord> records = test.records();
    RecordParser warm = RecordParser.of(test.format(), test.tables());
    for (int i = 0; i < 20; i++) {
      RawRecord record = records.get(random.nextInt(records.size()));
      Outcomes usual = new Outcomes();
      // Only within a batch does a parser know which extracts it told.
      warm.beginBatch();
      warm.parse(record, null, usual);
      Outcomes fresh = new Outcomes();
      RecordParser.of(test.format(), test.tables()).parse(record, null, fresh);
      assertThat(usual.all(), is(fresh.all()));
    }
  }

  private static List<RawRecord> withPayload(ParseCase test) {
    return test.records().stream()
        .filter(record -> record.payload() != null && record.payload().length > 1)
        .toList();
  }

  private static byte[] damage(byte[] payload, Random random) {
    if (payload.length == 0) {
      return payload;
    }
    int at = random.nextInt(payload.length);
    byte telling = TELLING[random.nextInt(TELLING.length)];
    return switch (random.nextInt(5)) {
      case 0 -> Arrays.copyOf(payload, at);
      case 1 -> spliced(payload, at, at + 1, new byte[] {telling});
      case 2 -> spliced(payload, at, at, new byte[] {telling});
      case 3 ->
          spliced(payload, at, Math.min(payload.length, at + random.nextInt(20)), new byte[0]);
      default -> {
        int to = Math.min(payload.length, at + random.nextInt(40));
        yield spliced(payload, at, at, Arrays.copyOfRange(payload, at, to));
      }
    };
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    return Stream.of(
            Arrays.copyOf(bytes, from), middle, Arrays.copyOfRange(bytes, to, bytes.length))
        .reduce(
            new byte[0],
            (left, right) -> {
              byte[] both = Arrays.copyOf(left, left.length + right.length);
              System.arraycopy(right, 0, both, left.length, right.length);
              return both;
            });
  }

  private static RawRecord with(RawRecord record, byte[] payload) {
    return RawRecord.of(
        record.source(), payload, record.key(), record.position(), record.ingestedAt());
  }
}
