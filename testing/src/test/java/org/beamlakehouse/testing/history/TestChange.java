package org.beamlakehouse.testing.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One change of a {@link TestTable}, that can be written as a Debezium message.
 *
 * @param kind what it does
 * @param key the row's key; without meaning for a truncate
 * @param values the columns behind the key, with {@link #UNSENT} for those that the source left
 *     out; null for a delete that brings its key only, and for a truncate
 * @param order the position in the source's log
 * @param position the number of the folder that it is delivered in, by which changes of one order
 *     are ordered
 * @param time seconds since 1970
 */
record TestChange(
    Kind kind,
    int key,
    @Nullable List<@Nullable String> values,
    long order,
    int position,
    long time) {

  /** What a change does, in the order that the rules give to changes of the same place. */
  enum Kind {
    UPSERT,
    TRUNCATE,
    DELETE
  }

  /** Debezium's placeholder for a value that it did not get. */
  static final String UNSENT = "__debezium_unavailable_value";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  TestChange at(int otherPosition) {
    return new TestChange(kind, key, values, order, otherPosition, time);
  }

  /** The message of this change. */
  String message(TestTable table) {
    ObjectNode message = MAPPER.createObjectNode();
    message.putNull("before").putNull("after");
    switch (kind) {
      case UPSERT -> message.set("after", image(table));
      case DELETE -> message.set("before", image(table));
      case TRUNCATE -> {}
    }
    message
        .putObject("source")
        .put("connector", "postgresql")
        // Each history is a log of its own, also where all come through one topic.
        .put("name", table.name())
        .put("ts_ms", time * 1000)
        .put("db", "db")
        .put("schema", "public")
        .put("table", table.name())
        .put("lsn", order);
    message.put("op", kind == Kind.UPSERT ? "u" : kind == Kind.DELETE ? "d" : "t");
    return message.put("ts_ms", time * 1000 + 1).toString();
  }

  private ObjectNode image(TestTable table) {
    ObjectNode image = MAPPER.createObjectNode().put("id", key);
    for (int i = 0; values != null && i < values.size(); i++) {
      image.put(table.columns().get(i), values.get(i));
    }
    return image;
  }
}
