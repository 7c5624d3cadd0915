package org.beamlakehouse.io.internal.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;
import static org.hamcrest.Matchers.startsWith;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFailuresTest {
  private static final KafkaSource SOURCE =
      new KafkaSource(
          "shop",
          "host:9092",
          List.of("orders"),
          null,
          Map.of(
              "sasl.jaas.config",
              "org.apache.kafka.common.security.plain.PlainLoginModule required"
                  + " username=\"bob\" password=\"hunter22\";",
              "ssl.truststore.password",
              "s3cret"));

  static List<Arguments> failures() {
    return List.of(
        Arguments.of(
            new TimeoutException("Call(listTopics) timed out"),
            SourceUnavailableException.class,
            "did not answer in time"),
        Arguments.of(
            new SaslAuthenticationException("Authentication failed"),
            IllegalStateException.class,
            "refused the login"),
        Arguments.of(
            new TopicAuthorizationException("Not authorized to access topics: [orders]"),
            IllegalStateException.class,
            "Read and Describe"),
        Arguments.of(
            new UnknownTopicOrPartitionException("x"),
            IllegalArgumentException.class,
            "has no such topic"),
        Arguments.of(
            new OffsetOutOfRangeException(Map.of(new TopicPartition("orders", 0), 5L)),
            IllegalStateException.class,
            "has deleted these offsets"),
        Arguments.of(
            new KafkaException("Failed", new ConfigException("max.poll.records", "abc", "No INT")),
            IllegalArgumentException.class,
            "the value of max.poll.records is not valid: No INT"),
        Arguments.of(
            new KafkaException(
                "Failed to create new KafkaAdminClient",
                new ConfigException("No resolvable bootstrap urls given in bootstrap.servers")),
            SourceUnavailableException.class,
            "no host of host:9092 can be resolved"),
        Arguments.of(
            new KafkaException("Failed to construct", new IllegalStateException("no file")),
            IllegalStateException.class,
            "IllegalStateException: no file"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void areOneClearLine(Throwable failure, Class<?> type, String text) {
    RuntimeException told = KafkaFailures.of(SOURCE, "orders", failure);
    assertThat(told, is(instanceOf(type)));
    assertThat(
        told.getMessage(),
        allOf(startsWith("Cannot "), containsString("the source shop"), containsString(text)));
    assertThat(told.getMessage().lines().count(), is(1L));
  }

  @Test
  void holdNoSecretNorDoTheirCauses() {
    RuntimeException told =
        KafkaFailures.of(
            SOURCE, "", new SaslAuthenticationException("no user bob with hunter22, nor s3cret"));
    assertThat(
        told.getMessage(),
        allOf(
            not(containsString("bob")),
            not(containsString("hunter22")),
            not(containsString("s3cret"))));
    assertThat(told.getCause(), is(nullValue()));
    RuntimeException wrong =
        KafkaFailures.of(SOURCE, "", new ConfigException("sasl.mechanism", "hunter22", "wrong"));
    assertThat(wrong.getMessage(), not(containsString("hunter22")));
    assertThat(wrong.getCause(), is(nullValue()));
  }

  @Test
  void whatWasToldBeforeStaysAsItIs() {
    RuntimeException told = new IllegalStateException("Cannot read it: because");
    assertThat(KafkaFailures.of(SOURCE, "", told), is(sameInstance(told)));
  }
}
