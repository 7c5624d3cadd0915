package org.beamlakehouse.testing.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.kafka.Messages;
import org.beamlakehouse.testing.servers.KafkaBroker;

/**
 * Delivers changes of many tables through one source.
 *
 * <p>Changes of one order are ordered by where they stand in the source. In files that is by path,
 * so each position has a folder: {@code data/<position>/<batch>.jsonl}. In a topic each position
 * has a partition.
 */
final class Deliveries {
  private static final String SOURCE = "cdc";
  private static final int PARTITIONS = 20;

  private final TestProject project;
  private final Target target;
  private final Map<Place, List<String>> waiting = new TreeMap<>();

  private record Place(int position, String batch) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int order = Integer.compare(position, other.position);
      return order != 0 ? order : batch.compareTo(other.batch);
    }
  }

  /** Where messages go. */
  private interface Target {
    void deliver(Place place, List<String> messages);
  }

  private Deliveries(TestProject project, List<TestTable> tables, Target target) {
    this.project = project;
    this.target = target;
    project.contract("histories", TestTable.contract(SOURCE, tables));
  }

  /** Delivers files. */
  static Deliveries asFiles(TestProject project, List<TestTable> tables) {
    project.source(SOURCE, "debezium-json", "data/*/*.jsonl");
    return new Deliveries(
        project,
        tables,
        (place, messages) ->
            project.lines(
                String.format("data/%03d/%s.jsonl", place.position(), place.batch()), messages));
  }

  /** Delivers messages of a topic; changes beyond the last partition's position go there. */
  static Deliveries overKafka(TestProject project, List<TestTable> tables, KafkaBroker kafka) {
    project.kafkaSource(
        SOURCE, "debezium-json", kafka.bootstrapServers(), "topics: [" + SOURCE + "]");
    kafka.topics().create(SOURCE, PARTITIONS);
    return new Deliveries(
        project,
        tables,
        (place, messages) ->
            Messages.send(
                kafka.topics(), SOURCE, Math.min(place.position(), PARTITIONS - 1), messages));
  }

  /** Adds a change to a batch that is not delivered yet. */
  void add(String batch, TestTable table, TestChange change) {
    waiting
        .computeIfAbsent(new Place(change.position(), batch), unused -> new ArrayList<>())
        .add(change.message(table));
  }

  /** Delivers everything that was added, and runs the project. */
  void run() {
    waiting.forEach(target::deliver);
    waiting.clear();
    project.run().done();
  }
}
