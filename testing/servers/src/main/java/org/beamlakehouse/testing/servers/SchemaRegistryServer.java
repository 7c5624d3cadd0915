package org.beamlakehouse.testing.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A schema registry (Apicurio 3) with Confluent's REST interface at {@link #url}. Its schemas stay
 * over {@link #kill} and {@link #restart}.
 *
 * <p>The registry is a file of 110 MB in the local Maven repository. The build of the module that
 * uses this fetches it, as the one of {@code beam-lakehouse-testing} does, with goal {@code copy}
 * of the Maven dependency plugin 2.10: later ones want the file's parent, which Maven Central may
 * not have.
 */
public final class SchemaRegistryServer extends RestartableServer {
  private static final String NAME = "registry";
  private static final String VERSION = "3.0.9";
  private static final String ARCHIVE =
      "io/apicurio/apicurio-registry-app/%1$s/apicurio-registry-app-%1$s-all.tar.gz"
          .formatted(VERSION);
  private static final String JAR = "apicurio-registry-app-" + VERSION + "-runner.jar";
  private static final String MAIN = "io.quarkus.runner.GeneratedMain";

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;

  private SchemaRegistryServer() {
    super("Apicurio");
  }

  /** A registry to be started. */
  public static SchemaRegistryServer create() {
    return new SchemaRegistryServer();
  }

  @Override
  void prepare() {
    Path archive = ClassPaths.repository().resolve(ARCHIVE);
    if (!Files.exists(archive)) {
      throw new IllegalStateException(
          "Cannot start Apicurio: "
              + archive
              + " is missing; fetch it by mvn"
              + " org.apache.maven.plugins:maven-dependency-plugin:2.10:copy"
              + " -DoutputDirectory=target"
              + " -Dartifact=io.apicurio:apicurio-registry-app:"
              + VERSION
              + ":tar.gz:all");
    }
    unpack(archive);
    port = Ports.free();
  }

  private void unpack(Path archive) {
    try {
      Process tar =
          new ProcessBuilder("tar", "-xzf", archive.toString())
              .directory(folder().toFile())
              .inheritIO()
              .start();
      if (tar.waitFor() != 0) {
        throw new IllegalStateException("Cannot unpack " + archive + ": tar has failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack " + archive + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot unpack " + archive + ": interrupted", e);
    }
  }

  @Override
  ServerProcess launch() {
    return ServerProcess.java(
        NAME,
        folder(),
        ClassPaths.own() + File.pathSeparator + folder().resolve(JAR),
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-Dquarkus.http.host=" + Ports.LOOPBACK,
            "-Dquarkus.http.port=" + port,
            // Else what was registered just before a kill would be lost.
            "-Dapicurio.datasource.url=jdbc:h2:file:"
                + folder().resolve("schemas")
                + ";WRITE_DELAY=0"),
        List.of(MAIN));
  }

  @Override
  boolean answers() {
    try {
      return Ports.answers(port) && get("/subjects").statusCode() == 200;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Root of the Confluent interface, the same after a restart. */
  public String url() {
    return "http://" + Ports.LOOPBACK + ":" + port + "/apis/ccompat/v7";
  }

  /**
   * Registers a schema; one that is there already keeps its id.
   *
   * @param subject {@code <topic>-value} or {@code <topic>-key} by convention
   * @param schema the Avro schema in JSON
   * @return its id
   * @throws IllegalStateException where the registry refuses it
   */
  public int register(String subject, String schema) {
    return register(subject, schema, "");
  }

  /**
   * Registers a schema that uses the one type of another, which is the first version of its
   * subject.
   *
   * @param reference the type's full name, which is also the other's subject
   * @return its id
   */
  public int registerReferring(String subject, String schema, String reference) {
    return register(
        subject,
        schema,
        ",\"references\":[{\"name\":\"%1$s\",\"subject\":\"%1$s\",\"version\":1}]"
            .formatted(reference));
  }

  private int register(String subject, String schema, String more) {
    String escaped = schema.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    String body = "{\"schema\":\"" + escaped + "\"" + more + "}";
    HttpResponse<String> response =
        send(
            request("/subjects/" + subject + "/versions")
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
    String answer = response.body();
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          "Cannot register a schema of " + subject + ": the registry says " + answer);
    }
    return Integer.parseInt(answer.replaceAll(".*\"id\":(\\d+).*", "$1"));
  }

  private HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException("Cannot ask the schema registry: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot ask the schema registry: interrupted", e);
    }
  }
}
