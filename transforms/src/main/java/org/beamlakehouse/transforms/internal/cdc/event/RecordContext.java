package org.beamlakehouse.transforms.internal.cdc.event;

import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.ChangeMetadata;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the changes made of one row of a record have in common.
 *
 * @param source what the record says of the change; null for records without an envelope
 * @param envelope the envelope's cells that some {@code sequenceBy} names
 * @param row number of the row in the record, from 0; orders the rows of one record
 */
public record RecordContext(
    RawRecord record, @Nullable ChangeMetadata source, RowCells envelope, ParseSink sink, int row) {

  /** The context of a record of one row. */
  public RecordContext(
      RawRecord record, @Nullable ChangeMetadata source, RowCells envelope, ParseSink sink) {
    this(record, source, envelope, sink, 0);
  }

  /** The same for another row of the record. */
  public RecordContext atRow(int number) {
    return new RecordContext(record, source, envelope, sink, number);
  }

  /** Ends a sequence with the place of the row in the source. */
  Sequence complete(Sequence.Builder order) {
    return record.position().complete(order, row);
  }
}
