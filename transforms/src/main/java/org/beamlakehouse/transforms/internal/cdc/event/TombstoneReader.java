package org.beamlakehouse.transforms.internal.cdc.event;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TombstoneMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads tombstones: messages with a key and no value. Connectors write one behind each delete, for
 * Kafka's compaction; these say nothing more, and are left out where they directly follow their
 * delete. Of others the delete was lost, or there never was one.
 *
 * <p>Which of both it is must not depend on where a batch begins: delivered again, a delete and its
 * tombstone stand behind later changes of their key, which the tombstone alone would delete.
 */
public final class TombstoneReader {
  private final TableMatcher matcher;
  private final Keys keys;
  private final RowCells noEnvelope = new RowCells();
  private final EventBuilder events = new EventBuilder();
  private final Map<Place, Delete> lastDeletes = new HashMap<>();
  private final Set<Place> lookedBefore = new HashSet<>();
  private @Nullable String lastTopic;
  private List<TablePlan> lastPlans = List.of();

  /** Reads the key columns of a table from a message's key. */
  public interface Keys {
    /** Fills the null key cells of an image; a key that cannot be read fills nothing. */
    void fill(TablePlan plan, byte[] key, RowCells image);
  }

  public TombstoneReader(TableMatcher matcher, Keys keys) {
    this.matcher = matcher;
    this.keys = keys;
  }

  private record Place(String topic, int partition) {
    static Place of(RawRecord record) {
      return new Place(record.position().topic(), record.position().partition());
    }
  }

  /** The last delete of a partition. */
  private record Delete(long offset, byte[] key, Set<String> tables) {}

  /** Forgets the deletes that were read last. */
  public void beginBatch() {
    lastDeletes.clear();
    lookedBefore.clear();
  }

  /** Notes that a record made a delete of a table. */
  public void deleted(TablePlan plan, RawRecord record) {
    if (record.key() == null || record.position().topic() == null) {
      return;
    }
    Place place = Place.of(record);
    long offset = record.position().rank();
    Delete delete = lastDeletes.get(place);
    if (delete == null || delete.offset() != offset) {
      delete = new Delete(offset, record.key(), new HashSet<>());
      lastDeletes.put(place, delete);
    }
    delete.tables().add(plan.table().name());
  }

  /**
   * Whether the record before a tombstone may be in no piece of this batch. A batch has stretches
   * of partitions: of each it can only be the first one's.
   */
  public boolean lacksRecordBefore(RawRecord tombstone) {
    if (tombstone.key() == null || tombstone.position().topic() == null) {
      return false;
    }
    Place place = Place.of(tombstone);
    return lookedBefore.add(place) && !lastDeletes.containsKey(place);
  }

  /** Reads a tombstone for the tables that take records of its topic. */
  public void read(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    String topic = record.position().topic();
    if (!topic(topic).equals(lastTopic)) {
      lastTopic = topic(topic);
      lastPlans = matcher.ofTombstone(topic);
    }
    boolean taken = false;
    for (TablePlan plan : lastPlans) {
      if (deletes(plan, record) && (wanted == null || wanted.contains(plan.table().name()))) {
        RowCells image = new RowCells();
        image.reset(plan.cells());
        keys.fill(plan, record.key(), image);
        events.tombstone(plan, image, new RecordContext(record, null, noEnvelope, sink));
        taken = true;
      }
    }
    if (!taken) {
      boolean lost = record.key() != null && lastPlans.isEmpty() && !followsAny(record);
      sink.skipped(
          lost && matcher.feedsByName(topic) ? SkipReason.SHARED_TOMBSTONE : SkipReason.TOMBSTONE);
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
    return followsAny(tombstone)
        && lastDeletes.get(Place.of(tombstone)).tables().contains(plan.table().name());
  }

  private boolean followsAny(RawRecord tombstone) {
    Delete delete = lastDeletes.get(Place.of(tombstone));
    return delete != null
        && delete.offset() + 1 == tombstone.position().rank()
        && Arrays.equals(tombstone.key(), delete.key());
  }
}
