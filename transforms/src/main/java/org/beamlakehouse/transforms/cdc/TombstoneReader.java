package org.beamlakehouse.transforms.cdc;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TombstoneMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads tombstones: messages with a key and no value. Connectors write one behind each delete, for
 * Kafka's compaction; these say nothing more, and are left out where they directly follow their
 * delete. Of others the delete was lost, or there never was one.
 */
final class TombstoneReader {
  private final TableMatcher matcher;
  private final Keys keys;
  private final RowValues noEnvelope = new RowValues();
  private final EventBuilder events = new EventBuilder();
  private final Set<String> deletedFrom = new HashSet<>();
  private @Nullable RawRecord lastDelete;
  private @Nullable String lastTopic;
  private List<TablePlan> lastPlans = List.of();

  /** Reads the key columns of a table from a message's key. */
  interface Keys {
    /** Fills the null key cells of an image; a key that cannot be read fills nothing. */
    void fill(TablePlan plan, byte[] key, RowValues image);
  }

  TombstoneReader(TableMatcher matcher, Keys keys) {
    this.matcher = matcher;
    this.keys = keys;
  }

  /** Forgets the delete that was read last. */
  void beginBatch() {
    lastDelete = null;
  }

  /** Notes that a record made a delete of a table. */
  void deleted(TablePlan plan, RawRecord record) {
    if (record.key() == null) {
      return;
    }
    if (lastDelete != record) {
      lastDelete = record;
      deletedFrom.clear();
    }
    deletedFrom.add(plan.table().name());
  }

  /** Reads a tombstone for the tables that take records of its topic. */
  void read(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    String topic = record.position().topic();
    if (!topic(topic).equals(lastTopic)) {
      lastTopic = topic(topic);
      lastPlans = matcher.ofTombstone(topic);
    }
    boolean taken = false;
    for (TablePlan plan : lastPlans) {
      if (deletes(plan, record) && (wanted == null || wanted.contains(plan.table().name()))) {
        RowValues image = new RowValues();
        image.reset(plan.cells());
        keys.fill(plan, record.key(), image);
        events.tombstone(plan, image, new RecordContext(record, null, noEnvelope, sink));
        taken = true;
      }
    }
    if (!taken) {
      sink.skipped(SkipReason.TOMBSTONE);
    }
  }

  private static String topic(@Nullable String topic) {
    return topic == null ? "" : topic;
  }

  private boolean deletes(TablePlan plan, RawRecord record) {
    return record.key() != null
        && record.position().topic() != null
        && plan.table().tombstones() == TombstoneMode.DELETE
        && plan.table().storage() != StorageType.EVENTS
        && !plan.ofExtracts()
        && !follows(plan, record);
  }

  private boolean follows(TablePlan plan, RawRecord tombstone) {
    if (lastDelete == null || !deletedFrom.contains(plan.table().name())) {
      return false;
    }
    SourcePosition delete = lastDelete.position();
    SourcePosition position = tombstone.position();
    return position.offset() == delete.offset() + 1
        && position.partition() == delete.partition()
        && position.topic().equals(delete.topic())
        && Arrays.equals(tombstone.key(), lastDelete.key());
  }
}
