package org.beamlakehouse.testing.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever Kafka refuses is one clear line within a bounded time, and holds no secret. */
class KafkaRefusalsIT {
  @RegisterExtension
  static final KafkaBroker KAFKA =
      KafkaBroker.create()
          .withProperty(
              "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
          .withProperty("allow.everyone.if.no.acl.found", "true");

  private static final Duration LONGEST = Duration.ofMinutes(10);

  @TempDir Path folder;

  private TestProject project(String servers, String... settings) {
    return TestProject.create(folder).kafkaSource("src", "json", servers, settings);
  }

  private static String refused(TestProject project, int exitCode) {
    long started = System.nanoTime();
    CommandResult result = project.run();
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    assertThat(result.err(), result.exitCode(), is(exitCode));
    assertThat(took, is(lessThan(LONGEST)));
    // What a run tells of its progress is no error.
    assertThat(
        result.err(),
        result.err().strip().lines().filter(line -> !line.endsWith("bronze and silver")).toList(),
        hasSize(1));
    assertThat(result.err(), not(containsString("planted-s3cret")));
    return result.err();
  }

  private static void rule(AclPermissionType type, String topic, AclOperation operation)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrapServers()))) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                      new AccessControlEntry("User:ANONYMOUS", "*", operation, type))))
          .all()
          .get();
    }
  }

  @Test
  void aBrokerThatIsNotThere() {
    String told =
        refused(
            project(
                "127.0.0.1:1",
                "topics: [a]",
                "kafka: {default.api.timeout.ms: 4000, request.timeout.ms: 2000}"),
            1);
    assertThat(
        told,
        allOf(
            containsString("the source src"),
            containsString("127.0.0.1:1"),
            containsString("did not answer in time")));
  }

  @Test
  void aBrokerWhoseNameIsNotKnown() {
    // No name has so long a part, so that nobody is asked for it.
    String host = "x".repeat(70);
    String told =
        refused(
            project(
                host + ":9092",
                "topics: [a]",
                "kafka: {default.api.timeout.ms: 1000, request.timeout.ms: 500}"),
            1);
    assertThat(
        told,
        allOf(containsString("the source src"), containsString("no host of " + host + ":9092")));
  }

  @Test
  void aTopicThatIsNotThere() {
    String told = refused(project(KAFKA.bootstrapServers(), "topics: [nowhere]"), 2);
    assertThat(told, allOf(containsString("nowhere"), containsString("no such topic")));
  }

  @Test
  void aLoginThatTheBrokerDoesNotTake() {
    String told =
        refused(
            project(
                KAFKA.bootstrapServers(),
                "topics: [a]",
                "kafka:",
                "  security.protocol: SASL_PLAINTEXT",
                "  sasl.mechanism: PLAIN",
                "  sasl.jaas.config: >-",
                "    org.apache.kafka.common.security.plain.PlainLoginModule required"
                    + " username=\"u\" password=\"planted-s3cret\";"),
            1);
    assertThat(told, containsString("refused the login"));
  }

  @Test
  void aTopicThatMayNotBeRead() throws Exception {
    KAFKA.topics().create("denied", 1);
    Messages.send(KAFKA.topics(), "denied", 0, "a");
    rule(AclPermissionType.ALLOW, "denied", AclOperation.DESCRIBE);
    rule(AclPermissionType.DENY, "denied", AclOperation.READ);
    String told = refused(project(KAFKA.bootstrapServers(), "topics: [denied]"), 1);
    assertThat(
        told,
        allOf(containsString("denied/0 from offset 0 on"), containsString("Read and Describe")));
  }

  @Test
  void aTopicThatMayNotBeSeen() throws Exception {
    KAFKA.topics().create("hidden", 1);
    rule(AclPermissionType.DENY, "hidden", AclOperation.DESCRIBE);
    String told = refused(project(KAFKA.bootstrapServers(), "topics: [hidden]"), 1);
    assertThat(told, allOf(containsString("hidden"), containsString("Read and Describe")));
  }
}
