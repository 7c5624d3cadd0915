package org.beamlakehouse.transforms.internal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.DateTimeException;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.VarInt;

/**
 * The frame of Beam coders made of codecs: the length, then the element, so that it is decoded from
 * an array.
 */
public final class FramedCoding {

  /** Writes one element; its unchecked exceptions become {@link CoderException}s. */
  @FunctionalInterface
  public interface Body {
    void write(ByteOutput out) throws CoderException;
  }

  /** Reads one element; its unchecked exceptions become {@link CoderException}s. */
  @FunctionalInterface
  public interface Parser<T> {
    T read(ByteInput in) throws CoderException;
  }

  private FramedCoding() {}

  /** Writes the length of an element and what {@code body} writes. */
  public static void encode(Body body, OutputStream stream) throws IOException {
    ByteOutput out = new ByteOutput();
    try {
      body.write(out);
    } catch (IllegalArgumentException e) {
      throw new CoderException(e.getMessage(), e);
    }
    VarInt.encode(out.size(), stream);
    out.writeTo(stream);
  }

  /**
   * Reads an element that {@link #encode} wrote.
   *
   * @throws CoderException where the bytes end too early, or are not what was written
   */
  public static <T> T decode(InputStream stream, Parser<T> parser) throws IOException {
    int length = VarInt.decodeInt(stream);
    if (length < 0) {
      throw new CoderException("Cannot decode an element of " + length + " bytes");
    }
    // Reads in steps, so that a broken length costs no memory.
    byte[] bytes = stream.readNBytes(length);
    if (bytes.length < length) {
      throw new CoderException(
          String.format(
              "Cannot decode an element of %d bytes: the stream ends after %d",
              length, bytes.length));
    }
    try {
      ByteInput in = ByteInput.of(bytes);
      T value = parser.read(in);
      if (in.remaining() > 0) {
        throw new CoderException(
            String.format(
                "Cannot decode an element of %d bytes: %d are left over; was it written with"
                    + " other table definitions?",
                length, in.remaining()));
      }
      return value;
    } catch (IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException
        | DateTimeException e) {
      throw new CoderException("Cannot decode an element: " + e.getMessage(), e);
    }
  }
}
