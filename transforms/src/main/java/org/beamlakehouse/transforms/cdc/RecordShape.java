package org.beamlakehouse.transforms.cdc;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Tells by the names of a record's fields what kind of record it is; used where that is unclear.
 */
final class RecordShape {
  private static final Set<String> TIMES = Set.of("ts_ms", "ts_us", "ts_ns");
  private static final Set<String> BODY = Set.of("before", "after", "source");

  private final Set<String> names;

  private RecordShape(Set<String> names) {
    this.names = names;
  }

  /** The shape of records with these fields. */
  static RecordShape of(Collection<String> names) {
    return new RecordShape(Set.copyOf(names));
  }

  /** Reads the names of the object that was begun, which is read over. */
  static RecordShape of(JsonReader in) throws JsonException {
    Set<String> names = new HashSet<>();
    String name;
    while ((name = in.nextFieldName()) != null) {
      names.add(name);
      in.next();
      in.skip();
    }
    return new RecordShape(names);
  }

  /** A change event's envelope. */
  boolean isEnvelope() {
    return names.contains("op") && BODY.stream().anyMatch(names::contains);
  }

  /** A row with the change's operation beside its columns. */
  boolean isFlat() {
    return names.contains("__op") || names.contains("__deleted");
  }

  /** Why the record is no change; null where it cannot be told. */
  @Nullable SkipReason skipReason() {
    if (names.isEmpty()) {
      return null;
    }
    if (TIMES.containsAll(names)) {
      return SkipReason.HEARTBEAT;
    }
    if (has("status", "id") && (names.contains("event_count") || names.contains("ts_ms"))) {
      return SkipReason.TRANSACTION;
    }
    if (names.contains("ddl") || has("source", "tableChanges") || has("source", "databaseName")) {
      return SkipReason.SCHEMA_CHANGE;
    }
    boolean signal = has("type", "data") && names.size() <= 3;
    return signal || has("aggregate_type", "type") ? SkipReason.SIGNAL : null;
  }

  private boolean has(String first, String second) {
    return names.contains(first) && names.contains(second);
  }
}
