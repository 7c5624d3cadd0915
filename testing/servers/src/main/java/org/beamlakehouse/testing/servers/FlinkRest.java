package org.beamlakehouse.testing.servers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Jobs of a Flink cluster, asked for and ended by REST. Needs Jackson on the class path. */
public final class FlinkRest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final String address;

  /** The cluster whose REST address is {@code host:port}. */
  public FlinkRest(String address) {
    this.address = address;
  }

  /**
   * A job.
   *
   * @param id Flink's, of this submission
   * @param name the pipeline's
   * @param state Flink's word for it, such as {@code RUNNING} or {@code FAILED}
   */
  public record Job(String id, String name, String state) {}

  /** Whether the cluster takes requests. */
  boolean answers() {
    try {
      send(request("/overview"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The ids of TaskManagers that have joined; one that was killed is there until it is missed. */
  List<String> taskManagers() {
    List<String> ids = new ArrayList<>();
    ask("/taskmanagers").get("taskmanagers").forEach(worker -> ids.add(worker.get("id").asText()));
    return ids;
  }

  /** All jobs since the JobManager started, ended ones included, the newest first. */
  public List<Job> jobs() {
    List<JsonNode> jobs = new ArrayList<>();
    ask("/jobs/overview").get("jobs").forEach(jobs::add);
    jobs.sort((a, b) -> Long.compare(b.get("start-time").asLong(), a.get("start-time").asLong()));
    return jobs.stream()
        .map(
            job ->
                new Job(
                    job.get("jid").asText(), job.get("name").asText(), job.get("state").asText()))
        .toList();
  }

  /**
   * The state of a job.
   *
   * @throws IllegalStateException where the JobManager does not know it
   */
  public String state(String job) {
    return ask("/jobs/" + job).get("state").asText();
  }

  /** How many checkpoints a job has completed since it was submitted; 0 without checkpointing. */
  public long completedCheckpoints(String job) {
    JsonNode counts = ask("/jobs/" + job + "/checkpoints").get("counts");
    return counts == null ? 0 : counts.get("completed").asLong();
  }

  /**
   * How often a job was started again after a failure, as far as Flink's history of failures goes
   * back: 16 of them unless {@code web.exception-history-size} says otherwise.
   */
  public int restarts(String job) {
    return ask("/jobs/" + job + "/exceptions").at("/exceptionHistory/entries").size();
  }

  /** Asks for a job's end; returns before it has. */
  public void cancel(String job) {
    try {
      send(
          HttpRequest.newBuilder(uri("/jobs/" + job + "?mode=cancel"))
              .timeout(TIMEOUT)
              .method("PATCH", HttpRequest.BodyPublishers.noBody())
              .build());
    } catch (IOException e) {
      throw failed("cancel the job", e);
    }
  }

  /**
   * Metrics of a running job, each summed over all steps and their workers: Flink's own and those
   * of Beam, which end with the metric's namespace and name. Flink looks at them every ten seconds
   * unless {@code metrics.fetcher.update-interval} says otherwise.
   *
   * @param part what their names contain
   */
  public Map<String, Double> metrics(String job, String part) {
    Map<String, Double> sums = new TreeMap<>();
    for (JsonNode vertex : ask("/jobs/" + job).get("vertices")) {
      String path = "/jobs/" + job + "/vertices/" + vertex.get("id").asText() + "/subtasks/metrics";
      List<String> names = new ArrayList<>();
      for (JsonNode metric : ask(path)) {
        String name = metric.get("id").asText();
        if (plain(name).contains(plain(part))) {
          names.add(name);
        }
      }
      for (String name : names) {
        String get = URLEncoder.encode(name, StandardCharsets.UTF_8);
        for (JsonNode sum : ask(path + "?agg=sum&get=" + get)) {
          sums.merge(name, sum.get("sum").asDouble(), Double::sum);
        }
      }
    }
    return sums;
  }

  /** Flink's REST writes names without these characters. */
  private static String plain(String name) {
    return name.replaceAll("[ .:,]", "_");
  }

  /**
   * Waits until a job is in a state.
   *
   * @throws IllegalStateException where it came to another one that is final, or time is over
   */
  public void awaitState(String job, String state, Duration patience) {
    await(
        () -> {
          String now = state(job);
          if (!now.equals(state) && List.of("FAILED", "FINISHED", "CANCELED").contains(now)) {
            throw new IllegalStateException(
                "Cannot wait until a job is " + state + ": it is " + now + ": " + failure(job));
          }
          return now.equals(state);
        },
        "the job to be " + state,
        patience);
  }

  /** Waits until a job has completed so many checkpoints since it was submitted. */
  public void awaitCheckpoints(String job, long completed, Duration patience) {
    await(() -> completedCheckpoints(job) >= completed, completed + " checkpoints", patience);
  }

  /** Waits until the metrics whose names contain a text have reached a value, as a sum. */
  public void awaitMetric(String job, String part, double least, Duration patience) {
    await(
        () -> metrics(job, part).values().stream().mapToDouble(v -> v).sum() >= least,
        part + " to reach " + least,
        patience);
  }

  /** Why a job failed last, the beginning of Flink's trace; empty where it did not. */
  public String failure(String job) {
    JsonNode root = ask("/jobs/" + job + "/exceptions").path("root-exception");
    return root.isTextual() ? root.asText().lines().limit(8).toList().toString() : "";
  }

  private static void await(BooleanSupplier done, String what, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Cannot wait for " + what + ": not after " + patience.toSeconds() + " s");
      }
      ServerProcess.pause();
    }
  }

  private JsonNode ask(String path) {
    try {
      return send(request(path));
    } catch (IOException e) {
      throw failed("ask for " + path, e);
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT).build();
  }

  private URI uri(String path) {
    return URI.create("http://" + address + path);
  }

  private JsonNode send(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() >= 300) {
        throw new IOException("status " + response.statusCode() + ": " + response.body());
      }
      return JSON.readTree(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot ask Flink: interrupted", e);
    }
  }

  private static IllegalStateException failed(String what, IOException e) {
    return new IllegalStateException("Cannot " + what + " of Flink: " + e.getMessage(), e);
  }
}
