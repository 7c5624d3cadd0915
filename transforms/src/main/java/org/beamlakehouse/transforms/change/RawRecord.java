package org.beamlakehouse.transforms.change;

import com.google.auto.value.AutoValue;
import java.time.Instant;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A record as it was received and where it came from: one row of a bronze table. */
@AutoValue
@DefaultCoder(RawRecordCoder.class)
public abstract class RawRecord {

  /** Name of the source in the project. */
  public abstract String source();

  /** The bytes received; null for a Kafka tombstone. Not to be changed. */
  @SuppressWarnings("mutable")
  public abstract byte @Nullable [] payload();

  /** The message key's bytes, where there is one. Not to be changed. */
  @SuppressWarnings("mutable")
  public abstract byte @Nullable [] key();

  /** Where the record stands in its source. */
  public abstract SourcePosition position();

  /** When the record was appended to bronze (UTC, microseconds). */
  public abstract Instant ingestedAt();

  /** Time of the message in its topic (UTC), for those without a payload; null for all others. */
  public abstract @Nullable Instant messageTime();

  public static RawRecord of(
      String source,
      byte @Nullable [] payload,
      byte @Nullable [] key,
      SourcePosition position,
      Instant ingestedAt) {
    return new AutoValue_RawRecord(source, payload, key, position, ingestedAt, null);
  }

  /** A message without a payload, which says by its key and time what is no more. */
  public static RawRecord tombstone(
      String source,
      byte @Nullable [] key,
      SourcePosition position,
      Instant ingestedAt,
      @Nullable Instant messageTime) {
    return new AutoValue_RawRecord(source, null, key, position, ingestedAt, messageTime);
  }
}
