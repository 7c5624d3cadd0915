package org.beamlakehouse.io.internal.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Remembers the schemas of one registry, the longest unused one being the first to be forgotten. A
 * schema never changes; that there is none is asked again after a minute. Parsers remember as well,
 * so that one at a time is enough.
 */
final class SchemaCache {
  static final int MAX_SCHEMAS = 1_000;
  static final Duration MISSING_FOR = Duration.ofMinutes(1);

  private final SchemaFetch fetch;
  private final LongSupplier nanoClock;
  private final Map<Integer, Answer> answers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Answer> eldest) {
          return size() > MAX_SCHEMAS;
        }
      };

  /** A schema, or why there is none. */
  private record Answer(@Nullable Schema schema, @Nullable String problem, long nanos) {}

  SchemaCache(SchemaFetch fetch, LongSupplier nanoClock) {
    this.fetch = fetch;
    this.nanoClock = nanoClock;
  }

  /** See {@link RegistrySchemas#schema}. */
  synchronized Schema schema(int id) throws UnusableSchemaException {
    Answer answer = answers.get(id);
    if (answer == null || isOutdated(answer)) {
      answer = ask(id);
      answers.put(id, answer);
    }
    if (answer.schema == null) {
      throw new UnusableSchemaException(answer.problem);
    }
    return answer.schema;
  }

  private Answer ask(int id) {
    try {
      return new Answer(fetch.schema(id), null, 0);
    } catch (UnusableSchemaException e) {
      return new Answer(null, e.getMessage(), nanoClock.getAsLong());
    }
  }

  private boolean isOutdated(Answer answer) {
    return answer.schema == null && nanoClock.getAsLong() - answer.nanos > MISSING_FOR.toNanos();
  }
}
