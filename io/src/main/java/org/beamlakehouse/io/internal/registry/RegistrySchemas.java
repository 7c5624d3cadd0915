package org.beamlakehouse.io.internal.registry;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.beamlakehouse.transforms.cdc.WriterSchemas;

/**
 * The Avro schemas of a schema registry. A process asks for each id once, however many parsers it
 * has; what it found is held for as long as the process lives, up to a thousand schemas.
 */
public final class RegistrySchemas implements WriterSchemas {
  private static final long serialVersionUID = 1L;

  private static final Map<RegistryConfig, SchemaCache> CACHES = new ConcurrentHashMap<>();

  private final RegistryConfig config;

  /** The schemas of one registry. Nothing is asked before the first schema is wanted. */
  public RegistrySchemas(RegistryConfig config) {
    this.config = Objects.requireNonNull(config, "config");
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException where the registry cannot be reached, refuses the credentials or
   *     is none
   */
  @Override
  public Schema schema(int id) throws UnusableSchemaException {
    return CACHES
        .computeIfAbsent(
            config,
            unused ->
                new SchemaCache(
                    new SchemaFetch(
                        new RegistryClient(config, time -> Thread.sleep(time.toMillis()))),
                    System::nanoTime))
        .schema(id);
  }

  @Override
  public String toString() {
    return "schemas of the " + config;
  }
}
