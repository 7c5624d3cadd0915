package org.beamlakehouse.testing.servers;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.Connect;
import org.apache.kafka.connect.runtime.Herder;
import org.apache.kafka.connect.runtime.RestartRequest;
import org.apache.kafka.connect.runtime.Worker;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.rest.RestClient;
import org.apache.kafka.connect.runtime.rest.RestServer;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;

/**
 * The process of {@link DebeziumConnector}: Kafka Connect's standalone worker, but for its offsets,
 * which a kill may not tear, and for tasks that failed, which it starts again each second as an
 * operator's watchdog does: Debezium gives up where PostgreSQL stays away.
 */
public final class ConnectMain extends ConnectStandalone {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private ConnectMain(String[] arguments) {
    super(arguments);
  }

  /** Runs a worker with the properties files of the worker and of its connectors. */
  public static void main(String[] arguments) {
    new ConnectMain(arguments).run();
  }

  @Override
  public void processExtraArgs(Connect<StandaloneHerder> connect, String[] connectors) {
    super.processExtraArgs(connect, connectors);
    Thread watchdog = new Thread(() -> restartFailed(connect.herder()), "watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private static void restartFailed(Herder herder) {
    try {
      while (true) {
        Thread.sleep(PAUSE.toMillis());
        for (String connector : herder.connectors()) {
          herder.restartConnectorAndTasks(
              new RestartRequest(connector, true, true), (error, state) -> {});
        }
      }
    } catch (InterruptedException e) {
      // The worker ends.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  protected StandaloneHerder createHerder(
      StandaloneConfig config,
      String workerId,
      Plugins plugins,
      ConnectorClientConfigOverridePolicy policy,
      RestServer restServer,
      RestClient restClient) {
    WholeFileOffsets offsets =
        new WholeFileOffsets(
            plugins.newInternalConverter(
                true, JsonConverter.class.getName(), Map.of("schemas.enable", "false")));
    offsets.configure(config);
    return new StandaloneHerder(
        new Worker(workerId, Time.SYSTEM, plugins, config, offsets, policy),
        config.kafkaClusterId(),
        policy);
  }
}
