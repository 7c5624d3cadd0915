package org.beamlakehouse.transforms.internal.cdc.debezium;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Tells by the names of a record's fields what kind of record it is; used where that is unclear.
 */
final class RecordShape {
  private static final Set<String> TIMES = Set.of("ts_ms", "ts_us", "ts_ns");
  static final String TYPE = "type";

  private static final Set<String> BODY = Set.of("before", "after", "source");

  /** Fields that every message about a transaction has. */
  private static final Set<String> TRANSACTION =
      Set.of("status", "id", "event_count", "data_collections");

  /** What a connector can be told to do. */
  private static final Set<String> SIGNALS =
      Set.of(
          "execute-snapshot",
          "stop-snapshot",
          "pause-snapshot",
          "resume-snapshot",
          "log",
          "schema-changes",
          "set-binlog-position");

  private final Set<String> names;
  private final boolean signal;

  private RecordShape(Set<String> names, boolean signal) {
    this.names = names;
    this.signal = signal;
  }

  /** The shape of records with these fields. */
  static RecordShape of(Collection<String> names) {
    return new RecordShape(Set.copyOf(names), false);
  }

  /** True for a text that names what a connector can be told to do. */
  static boolean isSignal(JsonReader in, JsonToken token) {
    return token == JsonToken.STRING && SIGNALS.contains(in.string());
  }

  /** Reads the names of the object that was begun, which is read over. */
  static RecordShape of(JsonReader in) throws JsonException {
    Set<String> names = new HashSet<>();
    boolean signal = false;
    String name;
    while ((name = in.nextFieldName()) != null) {
      names.add(name);
      JsonToken token = in.next();
      signal |= name.equals(TYPE) && isSignal(in, token);
      in.skip();
    }
    return new RecordShape(names, signal);
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
    if (names.containsAll(TRANSACTION)) {
      return SkipReason.TRANSACTION;
    }
    if (has("source", "databaseName")
        && (names.contains("ddl") || names.contains("tableChanges"))) {
      return SkipReason.SCHEMA_CHANGE;
    }
    boolean signals = signal && mayBeSignal();
    boolean notifies = has("aggregate_type", TYPE) && names.contains("additional_data");
    return signals || notifies ? SkipReason.SIGNAL : null;
  }

  /** A signal, if its type is that of one. */
  boolean mayBeSignal() {
    return has(TYPE, "data") && names.size() <= 3;
  }

  private boolean has(String first, String second) {
    return names.contains(first) && names.contains(second);
  }
}
