package org.beamlakehouse.benchmarks.stream;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Orders as Debezium writes them to a topic, without PostgreSQL and Debezium: envelopes alone. */
final class KafkaFeed extends Feed {
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private long position = 33_554_432;

  KafkaFeed(String bootstrapServers, String topic) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5", "batch.size", "262144"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @Override
  void write(long id, Instant now, Random values) {
    position += 57;
    StringBuilder json = new StringBuilder(700);
    json.append("{\"before\":null,\"after\":{");
    LiveOrder order = LiveOrder.of(id, values);
    json.append("\"id\":").append(id);
    json.append(",\"customer_id\":").append(order.customer());
    json.append(",\"status\":\"").append(order.status());
    json.append("\",\"email\":\"").append(order.email());
    json.append("\",\"city\":\"").append(order.city());
    json.append("\",\"note\":\"").append(order.note());
    json.append("\",\"amount\":\"").append(order.amount());
    json.append("\",\"weight\":").append(order.weight());
    json.append(",\"quantity\":").append(order.quantity());
    json.append(",\"gift\":").append(order.gift());
    json.append(",\"created_at\":\"").append(order.createdAt());
    json.append("\",\"updated_at\":\"").append(now);
    json.append("\"},\"source\":{\"version\":\"3.2.3.Final\",\"connector\":\"postgresql\",");
    json.append("\"name\":\"bench\",\"ts_ms\":").append(now.toEpochMilli());
    json.append(",\"snapshot\":\"false\",\"db\":\"postgres\",\"sequence\":\"[\\\"");
    json.append(position - 40).append("\\\",\\\"").append(position);
    json.append("\\\"]\",\"schema\":\"public\",\"table\":\"orders\",\"txId\":")
        .append(position / 3);
    json.append(",\"lsn\":").append(position).append(",\"xmin\":null},\"transaction\":null,");
    json.append("\"op\":\"u\",\"ts_ms\":").append(now.toEpochMilli()).append('}');
    byte[] key = ("{\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8);
    producer.send(
        new ProducerRecord<>(topic, key, json.toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    producer.close();
  }
}
