package org.beamlakehouse.io.internal.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigException;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.junit.jupiter.api.Test;

/** A cluster whose name cannot be resolved is waited for as one that does not answer. */
class KafkaClientsTest {
  /** No name can have so long a part, so that nobody is asked for it. */
  private static final String NOWHERE = "x".repeat(70) + ":9092";

  private static KafkaSource source(Map<String, String> properties) {
    return new KafkaSource("shop", NOWHERE, List.of("orders"), null, properties);
  }

  @Test
  void aHostThatCannotBeResolvedIsAwayAndNotWrong() {
    KafkaSource source = source(Map.of("default.api.timeout.ms", "1", "request.timeout.ms", "1"));
    String told =
        assertThrows(SourceUnavailableException.class, () -> TopicListing.of(source)).getMessage();
    assertThat(told, containsString("the source shop: no host of " + NOWHERE));
    assertThrows(SourceUnavailableException.class, () -> new RangeReader(source));
    try (TopicListing listing = new TopicListing(source(Map.of()))) {
      // Who asks again, as a stream does, is told at once each time.
      assertThrows(SourceUnavailableException.class, listing::topics);
      assertThrows(SourceUnavailableException.class, listing::topics);
    }
  }

  @Test
  void aNameThatIsKnownAfterAWhileIsUsed() {
    AtomicInteger asked = new AtomicInteger();
    String opened =
        KafkaClients.open(
            source(Map.of()),
            Duration.ofHours(1),
            () -> {
              if (asked.incrementAndGet() < 2) {
                throw new ConfigException(
                    "No resolvable bootstrap urls given in bootstrap.servers");
              }
              return "opened";
            });
    assertThat(opened, is("opened"));
  }

  @Test
  void aSettingThatIsWrongIsNotWaitedFor() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            KafkaClients.open(
                source(Map.of()),
                Duration.ofHours(1),
                () -> {
                  throw new ConfigException("max.poll.records", "x", "No INT");
                }));
  }
}
