package org.beamlakehouse.pipelines.internal.project;

import com.google.auto.value.AutoValue;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.internal.registry.RegistryConfig;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.beamlakehouse.transforms.table.TombstoneMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A source of records as {@code lakehouse.yaml} declares it. */
@AutoValue
public abstract class SourceSettings {

  /** Where records come from. */
  public enum Type {
    FILES("files"),
    KAFKA("kafka");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    /** The name in lakehouse.yaml. */
    public String label() {
      return label;
    }
  }

  /** The source's name in the project. */
  public abstract String name();

  public abstract Type type();

  public abstract RecordFormat format();

  /** What numbers that are dates or times count where nothing tells; null where undeclared. */
  public abstract @Nullable TimestampUnit timestampUnit();

  /** What strings that are decimals are where nothing tells; null where undeclared. */
  public abstract @Nullable DecimalEncoding decimalEncoding();

  /** What messages with a key and no value mean. */
  public abstract TombstoneMode tombstones();

  /** Files: a glob, absolute or with a scheme. */
  public abstract @Nullable String path();

  /** Files: bytes that a record may have. */
  public abstract int maxRecordBytes();

  /** Kafka: {@code host:port,…}. */
  public abstract @Nullable String bootstrapServers();

  /** Kafka: topics to read; empty where there is a pattern. */
  public abstract List<String> topics();

  /** Kafka: regular expression of the topics to read. */
  public abstract @Nullable String topicPattern();

  /** Kafka: consumer properties; may hold secrets. */
  public abstract Map<String, String> kafka();

  /** Avro: the registry with the schemas of the records. */
  public abstract @Nullable RegistryConfig schemaRegistry();

  /** The table that its records land in, {@code bronze.<source name>} by default. */
  public abstract String bronzeTable();

  /**
   * What to read from Kafka.
   *
   * @throws IllegalStateException where this is no source of Kafka
   */
  public KafkaSource kafkaSource() {
    String servers = bootstrapServers();
    if (servers == null) {
      throw new IllegalStateException("Cannot read " + this + " from Kafka: it is no such source");
    }
    return new KafkaSource(name(), servers, topics(), topicPattern(), kafka());
  }

  static Builder builder() {
    return new AutoValue_SourceSettings.Builder()
        .maxRecordBytes(IngestRequest.DEFAULT_MAX_RECORD_BYTES)
        .topics(List.of())
        .kafka(Map.of());
  }

  /** Name, type and format only: the rest may hold secrets. */
  @Override
  public final String toString() {
    return "source " + name() + " (" + type().label() + ", " + format().label() + ")";
  }

  /** Builder of {@link SourceSettings}. */
  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder name(String name);

    abstract Builder type(Type type);

    abstract Builder format(RecordFormat format);

    abstract Builder timestampUnit(@Nullable TimestampUnit unit);

    abstract Builder decimalEncoding(@Nullable DecimalEncoding encoding);

    abstract Builder tombstones(TombstoneMode mode);

    abstract Builder path(@Nullable String path);

    abstract Builder maxRecordBytes(int bytes);

    abstract Builder bootstrapServers(@Nullable String servers);

    abstract Builder topics(List<String> topics);

    abstract Builder topicPattern(@Nullable String pattern);

    abstract Builder kafka(Map<String, String> properties);

    abstract Builder schemaRegistry(@Nullable RegistryConfig registry);

    abstract Builder bronzeTable(String table);

    abstract SourceSettings build();
  }
}
