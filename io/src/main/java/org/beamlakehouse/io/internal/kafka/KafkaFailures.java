package org.beamlakehouse.io.internal.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.beamlakehouse.io.kafka.KafkaSource;

/**
 * Turns what Kafka's clients throw into one clear line. Values of properties whose names sound
 * secret are cut out of it, and causes whose messages hold them are dropped.
 */
final class KafkaFailures {
  private static final Pattern SECRET =
      Pattern.compile("password|secret|jaas|token|credential|keystore\\.key|basic\\.auth");
  private static final Pattern NOT_OF_WORDS = Pattern.compile("[\\s\"'=;,]+");
  private static final int SHORTEST_SECRET = 3;
  private static final String HIDDEN = "[hidden]";

  /** What Kafka's clients say, as of a setting, where the name service knows none of the hosts. */
  private static final String UNRESOLVED = "No resolvable bootstrap urls";

  private KafkaFailures() {}

  /**
   * The failure to throw.
   *
   * @param place topic, or topic, partition and offset, that was asked for; empty for none
   * @return an IllegalArgumentException where the configuration is wrong, a
   *     SourceUnavailableException where it may succeed later, else an IllegalStateException; what
   *     was translated before is given back as it is
   */
  static RuntimeException of(KafkaSource source, String place, Throwable failure) {
    if (failure instanceof InterruptException interrupt) {
      return interrupt;
    }
    if (failure instanceof RuntimeException translated
        && (failure instanceof IllegalStateException || failure instanceof IllegalArgumentException)
        && String.valueOf(failure.getMessage()).startsWith("Cannot ")) {
      return translated;
    }
    String name = "the source " + source.name();
    String what = place.isEmpty() ? name : place + " of " + name;
    String kafka = "Kafka at " + source.bootstrapServers();
    ConfigException configuration = find(failure, ConfigException.class);
    if (configuration != null && firstLine(configuration).startsWith(UNRESOLVED)) {
      return new SourceUnavailableException(
          String.format(
              "Cannot read %s: no host of %s can be resolved; look whether the names in"
                  + " bootstrapServers are right and the name service answers",
              what, source.bootstrapServers()),
          safeCause(source, failure));
    }
    if (configuration != null) {
      // Without the cause, whose message has the value.
      return new IllegalArgumentException(
          String.format(
              "Cannot use the Kafka settings of %s: %s; mend bootstrapServers or what stands under"
                  + " kafka",
              name, hide(source, summary(configuration))));
    }
    Throwable cause = safeCause(source, failure);
    if (failure instanceof UnknownTopicOrPartitionException
        || failure instanceof InvalidTopicException) {
      return new IllegalArgumentException(
          String.format(
              "Cannot read %s: %s has no such topic; create it, or mend topics", what, kafka),
          cause);
    }
    String message = message(source, what, kafka, failure);
    return failure instanceof RetriableException
        ? new SourceUnavailableException(message, cause)
        : new IllegalStateException(message, cause);
  }

  private static String message(KafkaSource source, String what, String kafka, Throwable failure) {
    String told = hide(source, firstLine(failure));
    if (failure instanceof TimeoutException) {
      return String.format(
          "Cannot read %s: %s did not answer in time (%s); look whether it runs, and whether"
              + " bootstrapServers and security.protocol are right",
          what, kafka, told);
    }
    if (failure instanceof AuthenticationException) {
      return String.format(
          "Cannot read %s: %s refused the login (%s); mend the security settings under kafka",
          what, kafka, told);
    }
    if (failure instanceof AuthorizationException) {
      return String.format(
          "Cannot read %s: %s does not allow it (%s); the user needs the rights Read and Describe"
              + " on the topic",
          what, kafka, told);
    }
    if (failure instanceof InvalidOffsetException) {
      return String.format(
          "Cannot read %s: %s has deleted these offsets since the run began; run again, which tells"
              + " what is missing",
          what, kafka);
    }
    Throwable reason = innermost(failure);
    return String.format(
        "Cannot read %s from %s: %s: %s",
        what, kafka, reason.getClass().getSimpleName(), hide(source, firstLine(reason)));
  }

  /** What Kafka says of a setting without the value that it had. */
  private static String summary(ConfigException e) {
    String message = firstLine(e);
    int name = message.lastIndexOf(" for configuration ");
    return message.startsWith("Invalid value ") && name > 0
        ? "the value of "
            + message.substring(name + " for configuration ".length()).replaceFirst(":.*", "")
            + " is not valid"
            + ConsumerSettings.reason(e)
        : message;
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse("");
  }

  private static Throwable innermost(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null && last.getCause() != last) {
      last = last.getCause();
    }
    return last;
  }

  private static <T> T find(Throwable failure, Class<T> type) {
    for (Throwable t = failure; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }

  private static Throwable safeCause(KafkaSource source, Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause() == t ? null : t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (!hide(source, message).equals(message)) {
        return null;
      }
    }
    return failure;
  }

  private static String hide(KafkaSource source, String message) {
    String hidden = message;
    for (String secret : secrets(source)) {
      hidden = hidden.replace(secret, HIDDEN);
    }
    return hidden;
  }

  /** The words in the values of properties that sound secret. */
  private static List<String> secrets(KafkaSource source) {
    List<String> secrets = new ArrayList<>();
    for (Map.Entry<String, String> property : source.properties().entrySet()) {
      if (SECRET.matcher(property.getKey().toLowerCase(Locale.ROOT)).find()) {
        for (String word : NOT_OF_WORDS.split(property.getValue())) {
          if (word.length() >= SHORTEST_SECRET && !isPublic(word)) {
            secrets.add(word);
          }
        }
      }
    }
    return secrets;
  }

  /** Words of Kafka's own in a login configuration. */
  private static boolean isPublic(String word) {
    return List.of("required", "username", "password").contains(word) || word.startsWith("org.");
  }
}
