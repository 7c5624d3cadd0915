package org.beamlakehouse.io.internal.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Asks a schema registry, again where it may answer the next time: a connection that fails or
 * breaks, an answer that takes too long, HTTP 408, 429 and all from 500 on. The pauses between the
 * attempts double, from a fifth of a second to three.
 */
final class RegistryClient {
  /** Attempts before the registry counts as unreachable: they take about 6 seconds in all. */
  static final int ATTEMPTS = 6;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  /** What Confluent's interface says of a subject, version or schema that there is not. */
  private static final Set<Integer> NOT_FOUND = Set.of(40401, 40402, 40403);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final RegistryConfig config;
  private final Sleeper sleeper;
  private final HttpClient http;

  /** Waits for a while. */
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  RegistryClient(RegistryConfig config, Sleeper sleeper) {
    this.config = config;
    this.sleeper = sleeper;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            // Credentials are for the registry that was named and for no other place.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * The answer to a request.
   *
   * @param path behind the registry's root
   * @return empty where the registry says that there is no such thing
   * @throws IllegalStateException where it does not answer, or with something else
   */
  Optional<JsonNode> get(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(config.url() + path))
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    if (config.authorization() != null) {
      request.header("Authorization", config.authorization());
    }
    String failure = "";
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        if (!mayPass(response.statusCode())) {
          return answer(path, response);
        }
        failure = "it answers with HTTP " + response.statusCode();
        pause = pause(path, pause, attempt);
      } catch (IOException e) {
        failure = reason(e);
        pause = pause(path, pause, attempt);
      } catch (InterruptedException e) {
        throw interrupted(path);
      }
    }
    throw failed(
        path,
        failure
            + ", "
            + ATTEMPTS
            + " times in a row; see that it runs and that 'schemaRegistry' in lakehouse.yaml names"
            + " it, then run again");
  }

  private Duration pause(String path, Duration pause, int attempt) {
    if (attempt < ATTEMPTS) {
      try {
        sleeper.sleep(pause);
      } catch (InterruptedException e) {
        throw interrupted(path);
      }
    }
    return pause.multipliedBy(2);
  }

  private static boolean mayPass(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  private Optional<JsonNode> answer(String path, HttpResponse<String> response) {
    JsonNode body = json(response.body());
    int status = response.statusCode();
    if (status == 200 && body.isObject()) {
      return Optional.of(body);
    }
    if (status == 404 && NOT_FOUND.contains(body.path("error_code").asInt())) {
      return Optional.empty();
    }
    if (status == 401 || status == 403) {
      throw failed(
          path,
          String.format(
              "it refuses %s (HTTP %d); set %s or %s in 'schemaRegistryConfig' of the source",
              config.authorization() == null ? "requests without credentials" : "the credentials",
              status,
              RegistryConfig.USER_INFO,
              RegistryConfig.TOKEN));
    }
    throw failed(
        path,
        String.format(
            "it answers with HTTP %d, and not as a schema registry does; 'schemaRegistry' in"
                + " lakehouse.yaml must name the root of its Confluent interface",
            status));
  }

  private static JsonNode json(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String reason(IOException e) {
    if (e instanceof HttpTimeoutException) {
      return "it does not answer in time";
    }
    if (e instanceof ConnectException) {
      return "it cannot be connected to";
    }
    String text = e.getMessage();
    return "the connection fails (" + (text == null ? e.getClass().getSimpleName() : text) + ")";
  }

  private IllegalStateException failed(String path, String reason) {
    return new IllegalStateException(
        String.format("Cannot ask the %s for %s: %s", config, path, reason));
  }

  private IllegalStateException interrupted(String path) {
    Thread.currentThread().interrupt();
    return failed(path, "the run was stopped");
  }
}
