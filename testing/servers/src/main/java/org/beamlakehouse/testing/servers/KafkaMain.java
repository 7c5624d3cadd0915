package org.beamlakehouse.testing.servers;

import kafka.Kafka;
import kafka.tools.StorageTool;

/** The process of {@link KafkaBroker}: formats the folder of a new broker, then runs it. */
public final class KafkaMain {
  private KafkaMain() {}

  /** Runs a broker with the properties file that the argument names. */
  public static void main(String[] arguments) {
    String properties = arguments[0];
    int status =
        StorageTool.execute(
            new String[] {
              "format",
              "--config",
              properties,
              "--cluster-id",
              "beam-lakehouse-testing",
              "--ignore-formatted"
            },
            System.out);
    if (status != 0) {
      throw new IllegalStateException("Cannot format the broker's folder: status " + status);
    }
    Kafka.main(new String[] {properties});
  }
}
