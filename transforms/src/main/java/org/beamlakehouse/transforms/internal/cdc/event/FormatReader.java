package org.beamlakehouse.transforms.internal.cdc.event;

import java.util.Set;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TableMatcher;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the records of one format. */
public interface FormatReader {

  /**
   * Reads a record whose payload is not blank.
   *
   * @param wanted names of the tables to read for; null for all
   * @throws RecordException where the bytes are no record of the format; then nothing was sent to
   *     the sink
   */
  void read(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) throws RecordException;

  /** Reads a record without a payload. */
  default void readTombstone(RawRecord record, @Nullable Set<String> wanted, ParseSink sink) {
    sink.skipped(SkipReason.TOMBSTONE);
  }

  /** Whether the record before a tombstone is to be read first; see {@code RecordParser.lookUp}. */
  default boolean lacksRecordBefore(RawRecord tombstone) {
    return false;
  }

  /** See {@code RecordParser.watch}. */
  default void watch(@Nullable LogWatch watch) {
    // Records of many formats come from no log.
  }

  /** Finds the tables of the records. */
  TableMatcher matcher();

  /** See {@code RecordParser.beginBatch}. */
  default void beginBatch() {
    // Most formats tell of each record on its own.
  }
}
