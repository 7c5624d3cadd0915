package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.ConnectAvro.NoAvroException;

/** Whatever the bytes of an Avro record are, the parser says what it made of them. */
class AvroPropertyTest {
  private static final List<ParseCase> CASES = AvroCasesTest.cases().toList();

  private record Sample(ParseCase test, KnownSchemas schemas, RawRecord record) {
    RecordParser parser() {
      return RecordParser.of(AvroCasesTest.avroOf(test.format()), test.tables(), schemas);
    }

    RawRecord with(byte[] payload) {
      return RawRecord.of(
          record.source(), payload, record.key(), record.position(), record.ingestedAt());
    }
  }

  @Property(tries = 3000)
  void aDamagedRecordNeverThrows(@ForAll Random random, @ForAll @IntRange(min = 1, max = 4) int n) {
    Sample sample = sample(random);
    byte[] payload = sample.record.payload();
    for (int i = 0; i < n; i++) {
      payload = damage(payload, random);
    }
    Outcomes outcomes = new Outcomes();
    sample.parser().parse(sample.with(payload), null, outcomes);
    assertThat(outcomes.all().size(), greaterThan(0));
  }

  @Property(tries = 500)
  void aTruncatedRecordIsADeadLetter(@ForAll Random random) {
    Sample sample = sample(random);
    byte[] payload = sample.record.payload();
    int length = 1 + random.nextInt(payload.length - 1);
    Outcomes outcomes = new Outcomes();
    sample.parser().parse(sample.with(Arrays.copyOf(payload, length)), null, outcomes);
    assertThat(outcomes.all(), hasSize(1));
    assertThat(
        sample.test + ": " + outcomes.all(), outcomes.all().get(0).has("deadLetter"), is(true));
  }

  private static Sample sample(Random random) {
    while (true) {
      ParseCase test = CASES.get(random.nextInt(CASES.size()));
      KnownSchemas schemas = new KnownSchemas();
      List<RawRecord> records = new ArrayList<>();
      for (RawRecord record : test.records()) {
        try {
          RawRecord avro = AvroCasesTest.inAvro(record, schemas);
          if (avro.payload() != null) {
            records.add(avro);
          }
        } catch (NoAvroException e) {
          // One of those that Avro cannot write.
        }
      }
      if (!records.isEmpty()) {
        return new Sample(test, schemas, records.get(random.nextInt(records.size())));
      }
    }
  }

  private static byte[] damage(byte[] payload, Random random) {
    int at = random.nextInt(payload.length);
    byte[] damaged = payload.clone();
    switch (random.nextInt(3)) {
      case 0 -> damaged[at] = (byte) random.nextInt(256);
      case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
      default -> {
        damaged = new byte[payload.length + 1];
        System.arraycopy(payload, 0, damaged, 0, at);
        damaged[at] = (byte) random.nextInt(256);
        System.arraycopy(payload, at, damaged, at + 1, payload.length - at);
      }
    }
    return damaged;
  }
}
