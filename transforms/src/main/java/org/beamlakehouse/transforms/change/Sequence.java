package org.beamlakehouse.transforms.change;

import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The place of a change in the total order of its key's changes: the order given by the source (log
 * position or {@code sequenceBy} columns), then the record's position in the source.
 *
 * <p>It is kept as bytes whose unsigned lexicographic order is the order of the changes, so that
 * stored and arriving sequences of any shape are compared without decoding them. The encoding is a
 * tuple: one tag byte per component followed by an order-preserving, self-delimiting payload; a
 * zero byte ends the order part and the components of the position follow. (The idea is that of
 * FoundationDB's tuple layer.)
 *
 * <p>Where a source's log begins anew, what stands in the new one is led by the log's number and so
 * comes after all of the old one.
 *
 * <p>Components of different types are ordered by type: timestamps before numbers before strings.
 */
public final class Sequence implements Comparable<Sequence>, Serializable {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int END_OF_ORDER = 0x00;

  /** Stands for an order that the source does not tell; lower than all that it does tell. */
  private static final int UNTOLD = 0x08;

  private static final int TIME = 0x10;
  private static final int LONG = 0x20;
  private static final int DECIMAL = 0x28;
  private static final int DOUBLE = 0x2c;
  private static final int STRING = 0x30;

  /**
   * Leads the components of a later log; higher than the tags of what the first one begins with.
   */
  private static final int LOG = 0x38;

  private static final int DECIMAL_BYTES = 16;
  private static final int LONG_LENGTH = 1 + Long.BYTES;

  /** More have microseconds beyond 64 bits. */
  private static final long MAX_SECONDS = Long.MAX_VALUE / 1_000_000 - 1;

  private final byte[] bytes;
  private transient int orderLength;

  private Sequence(byte[] bytes, int orderLength) {
    this.bytes = bytes;
    this.orderLength = orderLength;
  }

  /** A sequence from the bytes of {@link #bytes()}; the array is not copied. */
  public static Sequence fromBytes(byte[] bytes) {
    return new Sequence(bytes, 0);
  }

  /** A sequence of one number and an unknown position. */
  public static Sequence of(long order) {
    return builder().add(order).build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The order-preserving bytes; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Sequence other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  /** Compares what the source says, without the position. */
  public int compareOrder(Sequence other) {
    return Arrays.compareUnsigned(bytes, 0, orderLength(), other.bytes, 0, other.orderLength());
  }

  /** The same place in the source's order, whatever the positions. */
  public boolean sameOrder(Sequence other) {
    return compareOrder(other) == 0;
  }

  /** The lowest sequence of the same order: that of an unknown position. */
  public Sequence withoutPosition() {
    return new Sequence(Arrays.copyOf(bytes, orderLength()), orderLength());
  }

  /** Whether the source tells no order: only the position is known. */
  public boolean isUntold() {
    return bytes[0] == UNTOLD;
  }

  /** Whether the order begins with a time, as that of changes that tell no position does. */
  public boolean isOfTime() {
    return bytes[bytes[0] == LOG ? LONG_LENGTH : 0] == TIME;
  }

  /** Whether the position is an offset in a partition of a topic. */
  public boolean isInTopic() {
    int at = orderLength();
    return bytes.length >= at + 2 * LONG_LENGTH && bytes[at] == LONG;
  }

  /** The partition of a sequence that is {@linkplain #isInTopic in a topic}. */
  public long partition() {
    return longAt(orderLength());
  }

  /** The offset in its partition of a sequence that is {@linkplain #isInTopic in a topic}. */
  public long offset() {
    return longAt(orderLength() + LONG_LENGTH);
  }

  private long longAt(int at) {
    return (long) LONGS.get(bytes, at + 1) ^ Long.MIN_VALUE;
  }

  /** The order of another sequence with the position of this one. */
  public Sequence withOrderOf(Sequence other) {
    int length = other.orderLength();
    byte[] both = Arrays.copyOf(other.bytes, length + bytes.length - orderLength());
    System.arraycopy(bytes, orderLength(), both, length, bytes.length - orderLength());
    return new Sequence(both, length);
  }

  private int orderLength() {
    if (orderLength == 0) {
      int at = 0;
      while (bytes[at] != END_OF_ORDER) {
        at = skipComponent(at);
      }
      orderLength = at + 1;
    }
    return orderLength;
  }

  private int skipComponent(int at) {
    switch (bytes[at]) {
      case UNTOLD:
        return at + 1;
      case TIME:
      case LONG:
      case DOUBLE:
      case LOG:
        return at + 1 + Long.BYTES;
      case DECIMAL:
        return at + 1 + DECIMAL_BYTES;
      case STRING:
        int end = at + 1;
        while (bytes[end] != 0 || bytes[end + 1] != 0) {
          end += bytes[end] == 0 ? 2 : 1;
        }
        return end + 2;
      default:
        throw new IllegalStateException(
            "Cannot read a sequence: unknown component tag " + bytes[at] + " at byte " + at);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sequence that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }

  /** Builds a sequence from its most to its least significant component. */
  public static final class Builder {
    // Holds the place of a record in a file whose path is of a usual length.
    private byte[] bytes = new byte[128];
    private int size;
    private int components;
    private int orderLength;

    private Builder() {}

    public Builder add(long value) {
      return fixed(LONG, value ^ Long.MIN_VALUE);
    }

    public Builder add(String value) {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      if (value.indexOf('\0') < 0) {
        reserve(3 + text.length);
        bytes[size++] = STRING;
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
      } else {
        // In the worst case every character is a zero, which takes two bytes.
        reserve(3 + 2 * text.length);
        bytes[size++] = STRING;
        for (byte b : text) {
          bytes[size++] = b;
          if (b == 0) {
            bytes[size++] = (byte) 0xff;
          }
        }
      }
      bytes[size++] = 0;
      bytes[size++] = 0;
      components++;
      return this;
    }

    /**
     * Adds a time with a resolution of microseconds.
     *
     * @throws IllegalArgumentException where that does not fit 64 bits
     */
    public Builder add(Instant value) {
      return fixed(TIME, epochMicros(value) ^ Long.MIN_VALUE);
    }

    /** Adds a decimal; all values that are compared must have the same scale. */
    public Builder add(BigDecimal value) {
      byte[] unscaled = value.unscaledValue().toByteArray();
      if (unscaled.length > DECIMAL_BYTES) {
        throw new IllegalArgumentException(
            "Cannot order a decimal of more than 38 digits: it has " + value.precision());
      }
      reserve(1 + DECIMAL_BYTES);
      bytes[size++] = DECIMAL;
      int first = size;
      int padding = DECIMAL_BYTES - unscaled.length;
      Arrays.fill(bytes, first, first + padding, (byte) (unscaled[0] < 0 ? 0xff : 0));
      System.arraycopy(unscaled, 0, bytes, first + padding, unscaled.length);
      bytes[first] ^= (byte) 0x80;
      size += DECIMAL_BYTES;
      components++;
      return this;
    }

    /** Adds a double in the order of {@link Double#compare}. */
    public Builder add(double value) {
      long bits = Double.doubleToLongBits(value);
      return fixed(DOUBLE, bits ^ ((bits >> 63) | Long.MIN_VALUE));
    }

    /**
     * Adds a value of any ordered column type.
     *
     * @throws IllegalArgumentException where the value's class has no order here
     */
    public Builder addValue(Object value) {
      if (value instanceof Long || value instanceof Integer) {
        return add(((Number) value).longValue());
      } else if (value instanceof String string) {
        return add(string);
      } else if (value instanceof Instant instant) {
        return add(instant);
      } else if (value instanceof LocalDateTime time) {
        return add(time.toInstant(ZoneOffset.UTC));
      } else if (value instanceof LocalDate date) {
        return add(date.toEpochDay());
      } else if (value instanceof LocalTime time) {
        return add(time.toNanoOfDay() / 1_000);
      } else if (value instanceof BigDecimal decimal) {
        return add(decimal);
      } else if (value instanceof Double || value instanceof Float) {
        return add(((Number) value).doubleValue());
      }
      throw new IllegalArgumentException(
          "Cannot order changes by a value of class " + value.getClass().getSimpleName());
    }

    /**
     * Puts the order above that of all logs with lower numbers.
     *
     * @param number the log's; 0 for the first, whose order is as it would be without others
     */
    public Builder inLog(long number) {
      if (number != 0) {
        reserve(1 + Long.BYTES);
        System.arraycopy(bytes, 0, bytes, 1 + Long.BYTES, size);
        bytes[0] = LOG;
        LONGS.set(bytes, 1, number ^ Long.MIN_VALUE);
        size += 1 + Long.BYTES;
      }
      return this;
    }

    /** Adds that the source tells no order: only the position is known. */
    public Builder untold() {
      reserve(1);
      bytes[size++] = UNTOLD;
      components++;
      return this;
    }

    /** Ends the order; what is added from here on is the position in the source. */
    public Builder position() {
      if (components == 0 || orderLength > 0) {
        throw new IllegalStateException("Cannot begin the position: it follows the order, once");
      }
      reserve(1);
      bytes[size++] = END_OF_ORDER;
      orderLength = size;
      return this;
    }

    public Sequence build() {
      if (orderLength == 0) {
        position();
      }
      return new Sequence(Arrays.copyOf(bytes, size), orderLength);
    }

    private Builder fixed(int tag, long bits) {
      reserve(1 + Long.BYTES);
      bytes[size] = (byte) tag;
      LONGS.set(bytes, size + 1, bits);
      size += 1 + Long.BYTES;
      components++;
      return this;
    }

    private void reserve(int more) {
      if (bytes.length - size < more) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
      }
    }

    private static long epochMicros(Instant value) {
      long seconds = value.getEpochSecond();
      if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) {
        throw new IllegalArgumentException(
            "Cannot order changes by a time so far away: its microseconds do not fit 64 bits");
      }
      return seconds * 1_000_000L + value.getNano() / 1_000;
    }
  }
}
