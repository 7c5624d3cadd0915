package org.beamlakehouse.io.internal.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.junit.jupiter.api.Test;

class ConsumerSettingsTest {
  private static KafkaSource source(Map<String, String> properties) {
    return new KafkaSource("s", "host:1", List.of("t"), null, properties);
  }

  @Test
  void takesAnyPropertyOfAConsumer() {
    Map<String, String> properties =
        Map.of(
            "security.protocol", "SASL_SSL",
            "sasl.mechanism", "PLAIN",
            "max.poll.records", "7",
            "isolation.level", "read_uncommitted",
            "group.id", "quota-group",
            "of.a.plug-in", "x");
    assertThat(ConsumerSettings.problems(properties), is(anEmptyMap()));
    Map<String, Object> consumer = ConsumerSettings.consumer(source(properties));
    properties.forEach((name, value) -> assertThat(consumer, hasEntry(name, (Object) value)));
    assertThat(ConsumerSettings.isolation(source(properties)), is(IsolationLevel.READ_UNCOMMITTED));
    assertThat(
        ConsumerSettings.admin(source(properties)), hasEntry("security.protocol", "SASL_SSL"));
  }

  @Test
  void readsCommittedRecordsAndNeverJumpsByDefault() {
    Map<String, Object> consumer =
        ConsumerSettings.consumer(source(Map.of("auto.offset.reset", "latest")));
    assertThat(consumer, hasEntry("isolation.level", "read_committed"));
    assertThat(consumer, hasEntry("auto.offset.reset", "none"));
    assertThat(consumer, hasEntry("allow.auto.create.topics", "false"));
    assertThat(consumer, hasEntry("bootstrap.servers", "host:1"));
    assertThat(ConsumerSettings.isolation(source(Map.of())), is(IsolationLevel.READ_COMMITTED));
  }

  @Test
  void refusesWhatWouldBreakExactReading() {
    for (String name :
        List.of(
            "bootstrap.servers", "key.deserializer", "value.deserializer", "enable.auto.commit")) {
      assertThat(name, ConsumerSettings.problems(Map.of(name, "x")).containsKey(name), is(true));
    }
    assertThat(
        ConsumerSettings.problems(Map.of("auto.offset.reset", "none")).get("auto.offset.reset"),
        containsString("earliest or latest"));
  }

  @Test
  void tellsWrongValuesWithoutThem() {
    Map<String, String> problems =
        ConsumerSettings.problems(
            Map.of("max.poll.records", "s3cret", "security.protocol", "s3cret"));
    assertThat(problems.get("max.poll.records"), containsString("INT"));
    assertThat(problems.get("security.protocol"), containsString("is not valid"));
    problems.values().forEach(text -> assertThat(text, not(containsString("s3cret"))));
  }
}
