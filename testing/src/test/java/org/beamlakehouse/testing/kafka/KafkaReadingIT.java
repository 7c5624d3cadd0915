package org.beamlakehouse.testing.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.beamlakehouse.io.internal.kafka.RangeReader;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to the broker in the middle of a range. */
class KafkaReadingIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  private static final int RECORDS = 6_000;
  private static final int MIDDLE = 2_000;

  private final List<Long> offsets = new ArrayList<>();

  /** Reads a topic, of which little is fetched at a time, and does something in the middle. */
  private void read(String topic, Runnable inTheMiddle) {
    KAFKA.topics().create(topic, 1);
    Messages.send(KAFKA.topics(), topic, 0, Messages.numbered("x".repeat(200), 0, RECORDS));
    KafkaSource source =
        new KafkaSource(
            "src",
            KAFKA.bootstrapServers(),
            List.of(topic),
            null,
            Map.of("max.partition.fetch.bytes", "100000", "max.poll.records", "500"));
    try (RangeReader reader = new RangeReader(source)) {
      reader.read(
          List.of(new OffsetRange(topic, 0, 0, RECORDS)),
          record -> {
            offsets.add(record.offset());
            if (offsets.size() == MIDDLE) {
              inTheMiddle.run();
            }
          });
    }
  }

  @Test
  void everyRecordComesOnceThoughTheBrokerIsKilledAndComesBack() {
    read(
        "restarted",
        () -> {
          KAFKA.kill();
          KAFKA.restart();
        });
    assertThat(offsets, is(LongStream.range(0, RECORDS).boxed().toList()));
  }

  @Test
  void offsetsThatAreDeletedMeanwhileAreAnErrorAndNotAGap() {
    String told =
        assertThrows(
                IllegalStateException.class,
                () ->
                    read(
                        "deleted",
                        () ->
                            KAFKA
                                .topics()
                                .deleteRecordsBefore(
                                    new TopicPartition("deleted", 0), RECORDS - 1)))
            .getMessage();
    assertThat(
        told, allOf(containsString("Cannot read deleted/0"), containsString("has deleted these")));
    assertThat(offsets, is(LongStream.range(0, offsets.size()).boxed().toList()));
  }
}
