package org.beamlakehouse.transforms.change;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;
import org.beamlakehouse.transforms.internal.codec.FramedCoding;
import org.beamlakehouse.transforms.internal.codec.Times;

/** Compact binary coder of {@link RawRecord}: deterministic, equal records have equal bytes. */
public final class RawRecordCoder extends AtomicCoder<RawRecord> {
  private static final RawRecordCoder INSTANCE = new RawRecordCoder();

  private static final int HAS_PAYLOAD = 1;
  private static final int HAS_KEY = 1 << 1;
  private static final int HAS_TOPIC = 1 << 2;
  private static final int HAS_FILE = 1 << 3;
  private static final int HAS_TIME = 1 << 4;
  private static final int HAS_ERA = 1 << 5;

  private RawRecordCoder() {}

  public static RawRecordCoder of() {
    return INSTANCE;
  }

  /** Beam asks this for the coder of records where none is set. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(RawRecord.class), INSTANCE);
  }

  /** Makes it the default coder of {@link RawRecord} in a pipeline. */
  public static void register(Pipeline pipeline) {
    pipeline.getCoderRegistry().registerCoderForClass(RawRecord.class, INSTANCE);
  }

  @Override
  public void encode(RawRecord value, OutputStream stream) throws IOException {
    if (value == null) {
      throw new CoderException("Cannot encode a raw record: it is null");
    }
    FramedCoding.encode(out -> write(value, out), stream);
  }

  @Override
  public RawRecord decode(InputStream stream) throws IOException {
    return FramedCoding.decode(stream, RawRecordCoder::read);
  }

  private static void write(RawRecord record, ByteOutput out) {
    SourcePosition position = record.position();
    out.writeByte(
        (record.payload() != null ? HAS_PAYLOAD : 0)
            | (record.key() != null ? HAS_KEY : 0)
            | (position.topic() != null ? HAS_TOPIC : 0)
            | (position.file() != null ? HAS_FILE : 0)
            | (record.messageTime() != null ? HAS_TIME : 0)
            | (position.era() != 0 ? HAS_ERA : 0));
    out.writeString(record.source());
    if (position.topic() != null) {
      out.writeString(position.topic());
      out.writeSigned(position.partition());
      if (position.era() != 0) {
        out.writeSigned(position.era());
      }
    }
    if (position.file() != null) {
      out.writeString(position.file());
    }
    out.writeSigned(position.offset());
    Times.writeInstant(record.ingestedAt(), out);
    if (record.key() != null) {
      out.writeBytes(record.key());
    }
    if (record.payload() != null) {
      out.writeBytes(record.payload());
    }
    if (record.messageTime() != null) {
      Times.writeInstant(record.messageTime(), out);
    }
  }

  private static RawRecord read(ByteInput in) {
    int flags = in.readByte();
    String source = in.readString();
    SourcePosition position;
    if ((flags & HAS_TOPIC) != 0) {
      String topic = in.readString();
      int partition = (int) in.readSigned();
      int era = (flags & HAS_ERA) != 0 ? (int) in.readSigned() : 0;
      position = SourcePosition.inTopic(topic, era, partition, in.readSigned());
    } else if ((flags & HAS_FILE) != 0) {
      String file = in.readString();
      position = SourcePosition.inFile(file, in.readSigned());
    } else {
      throw new IllegalArgumentException("a source position has a topic or a file");
    }
    var ingestedAt = Times.readInstant(in);
    byte[] key = (flags & HAS_KEY) != 0 ? in.readBytes() : null;
    byte[] payload = (flags & HAS_PAYLOAD) != 0 ? in.readBytes() : null;
    return (flags & HAS_TIME) != 0
        ? RawRecord.tombstone(source, key, position, ingestedAt, Times.readInstant(in))
        : RawRecord.of(source, payload, key, position, ingestedAt);
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  public TypeDescriptor<RawRecord> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(RawRecord.class);
  }
}
