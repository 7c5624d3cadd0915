package org.beamlakehouse.transforms.cdc;

import org.beamlakehouse.transforms.change.RawRecord;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the changes made of one record have in common.
 *
 * @param source what the record says of the change; null for records without an envelope
 * @param envelope the envelope's cells that some {@code sequenceBy} names
 */
record RecordContext(
    RawRecord record, @Nullable ChangeSource source, RowValues envelope, ParseSink sink) {}
