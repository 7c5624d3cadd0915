package org.beamlakehouse.testing.servers;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * PostgreSQL, Kafka and Debezium between them as one program, for scripts: a database whose changes
 * go to Kafka.
 *
 * <p>Its arguments are a connector's configuration as Kafka Connect's REST interface takes it, and
 * files of SQL that make the database which the configuration names. When changes are followed it
 * prints a line with the address of Kafka, a blank, and the JDBC address of the database. Then it
 * runs each line of standard input as a SQL statement, and answers each with a line {@code done} or
 * {@code failed: <reason>}. When standard input ends, it ends the servers and deletes their files.
 */
public final class CaptureMain {
  private static final String DONE = "done";

  /** What the configuration says of another PostgreSQL. */
  private static final Set<String> PLACE =
      Set.of("database.hostname", "database.port", "database.user", "database.password");

  private CaptureMain() {}

  /** Runs the servers until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      System.err.println("Cannot start the servers: name a connector's JSON and files of SQL");
      System.exit(2);
    }
    Map<String, String> connector =
        new ObjectMapper()
            .readValue(Path.of(arguments[0]).toFile(), new TypeReference<Map<String, String>>() {});
    List<Path> scripts = List.of(arguments).stream().skip(1).map(Path::of).toList();
    PostgresServer postgres = PostgresServer.create();
    KafkaBroker kafka = KafkaBroker.create();
    DebeziumConnector debezium = connector(postgres, kafka, connector);
    // Whatever ends this process, a signal or the end of its input.
    for (ServerExtension server : List.of(debezium, kafka, postgres)) {
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    CompletableFuture<Void> broker = CompletableFuture.runAsync(kafka::start);
    postgres.start();
    String database = connector.get("database.dbname");
    postgres.createDatabase(database);
    String url = postgres.url(database);
    for (Path script : scripts) {
      String answer = run(url, Files.readString(script));
      if (!answer.equals(DONE)) {
        throw new IllegalStateException("Cannot run " + script + ": it " + answer);
      }
    }
    broker.join();
    debezium.start();

    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(kafka.bootstrapServers() + " " + url);
    BufferedReader statements =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String sql = statements.readLine(); sql != null; sql = statements.readLine()) {
      out.println(run(url, sql));
    }
    System.exit(0);
  }

  private static DebeziumConnector connector(
      PostgresServer postgres, KafkaBroker kafka, Map<String, String> properties) {
    DebeziumConnector connector =
        DebeziumConnector.between(postgres, kafka, properties.get("topic.prefix"));
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (!PLACE.contains(property.getKey())) {
        connector = connector.withProperty(property.getKey(), property.getValue());
      }
    }
    return connector;
  }

  /** Runs SQL outside of a transaction, and tells how it went. */
  private static String run(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return DONE;
    } catch (SQLException e) {
      return "failed: " + e.getMessage().replaceAll("\\s+", " ");
    }
  }
}
