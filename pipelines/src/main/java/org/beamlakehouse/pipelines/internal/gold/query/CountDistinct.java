package org.beamlakehouse.pipelines.internal.gold.query;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.extensions.sql.SqlTransform;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.ReadableInstant;

/**
 * The SQL aggregate {@code COUNT_DISTINCT(x)}: how many different values of any type there are, not
 * counting nulls. Exact: it keeps every value of a group, a long or a text each, so a group of many
 * millions of values needs as much memory.
 *
 * <p>Values are the same where SQL says so: {@code 1.0} and {@code 1.00} are one decimal, {@code
 * 0.0} and {@code -0.0} one double.
 */
public final class CountDistinct extends CombineFn<Object, Set<Object>, Long> {

  /** Name of the aggregate in SQL. */
  public static final String NAME = "COUNT_DISTINCT";

  private static final long serialVersionUID = 1L;

  /**
   * Beam SQL finds an aggregate by the Java class of its argument and knows no "any"; these stand
   * for the SQL types BIGINT, INTEGER and so on, not for the class of the values.
   */
  private static final List<Class<?>> ARGUMENTS =
      List.of(
          Long.class,
          Integer.class,
          Short.class,
          Byte.class,
          String.class,
          BigDecimal.class,
          Double.class,
          Float.class,
          Boolean.class,
          java.sql.Date.class,
          java.sql.Time.class,
          java.sql.Timestamp.class,
          byte[].class);

  private final Class<?> argument;

  private CountDistinct(Class<?> argument) {
    this.argument = argument;
  }

  /** The aggregate of arguments whose SQL type has this Java class. */
  static CountDistinct of(Class<?> argument) {
    return new CountDistinct(argument);
  }

  /** Adds the aggregate, in upper and lower case, to a query. */
  public static SqlTransform register(SqlTransform query) {
    SqlTransform result = query;
    for (Class<?> argument : ARGUMENTS) {
      result =
          result
              .registerUdaf(NAME, new CountDistinct(argument))
              .registerUdaf(NAME.toLowerCase(Locale.ROOT), new CountDistinct(argument));
    }
    return result;
  }

  @Override
  @SuppressWarnings("unchecked") // asked by Beam SQL only, which uses it as a class
  public TypeDescriptor<Object> getInputType() {
    return (TypeDescriptor<Object>) TypeDescriptor.of(argument);
  }

  @Override
  public TypeDescriptor<Long> getOutputType() {
    return TypeDescriptors.longs();
  }

  @Override
  public Set<Object> createAccumulator() {
    return new HashSet<>();
  }

  @Override
  public Set<Object> addInput(Set<Object> seen, @Nullable Object value) {
    if (value != null) {
      seen.add(canonical(value));
    }
    return seen;
  }

  @Override
  public Set<Object> mergeAccumulators(Iterable<Set<Object>> accumulators) {
    Set<Object> all = null;
    for (Set<Object> seen : accumulators) {
      if (all == null) {
        all = seen;
      } else {
        all.addAll(seen);
      }
    }
    return all == null ? createAccumulator() : all;
  }

  @Override
  public Long extractOutput(Set<Object> seen) {
    return (long) seen.size();
  }

  @Override
  public Coder<Set<Object>> getAccumulatorCoder(CoderRegistry registry, Coder<Object> inputCoder) {
    return SetCoder.of(new CanonicalCoder());
  }

  @Override
  public Coder<Long> getDefaultOutputCoder(CoderRegistry registry, Coder<Object> inputCoder) {
    return VarLongCoder.of();
  }

  /** A long or a text that is equal where the values are; values of one column have one class. */
  private static Object canonical(Object value) {
    if (value instanceof String) {
      return value;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.stripTrailingZeros().toString();
    }
    if (value instanceof Double || value instanceof Float) {
      return Double.doubleToLongBits(((Number) value).doubleValue() + 0.0);
    }
    if (value instanceof Number number) {
      return number.longValue();
    }
    if (value instanceof Boolean bool) {
      return bool ? 1L : 0L;
    }
    if (value instanceof LocalDate date) {
      return date.toEpochDay();
    }
    if (value instanceof LocalTime time) {
      return time.toNanoOfDay();
    }
    if (value instanceof ReadableInstant instant) {
      return instant.getMillis();
    }
    if (value instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    // Instants, local date-times, UUIDs, lists and rows: their text tells them apart.
    return value.toString();
  }

  /** A tag and the long or the text. */
  private static final class CanonicalCoder extends AtomicCoder<Object> {
    private static final long serialVersionUID = 1L;
    private static final int LONG = 0;
    private static final int TEXT = 1;

    @Override
    public void encode(Object value, OutputStream out) throws IOException {
      if (value instanceof Long number) {
        out.write(LONG);
        new DataOutputStream(out).writeLong(number);
        return;
      }
      byte[] bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
      out.write(TEXT);
      VarInt.encode(bytes.length, out);
      out.write(bytes);
    }

    @Override
    public Object decode(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      int tag = data.readUnsignedByte();
      if (tag == LONG) {
        return data.readLong();
      }
      byte[] bytes = new byte[VarInt.decodeInt(in)];
      data.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
