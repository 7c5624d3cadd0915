package org.beamlakehouse.transforms.change;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.codec.FramedCoding;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Compact binary coder of the {@link ChangeEvent}s of a fixed set of tables: the number of the
 * table among them, then values typed by its definition. Deterministic; equal events have equal
 * bytes.
 *
 * <p>It can only encode changes of the tables it was made for, with values of exactly the classes
 * that {@code ColumnType} fixes.
 */
public final class ChangeEventCoder extends CustomCoder<ChangeEvent> {
  /** Ordered by name, so that the numbers do not depend on the order they were given in. */
  private final List<TableDefinition> tables;

  private transient volatile @Nullable Codecs codecs;

  /** What is made once per worker from the definitions. */
  private record Codecs(List<ChangeEventCodec> byNumber, Map<String, Integer> numbers) {}

  private ChangeEventCoder(List<TableDefinition> tables) {
    this.tables = tables;
  }

  /**
   * A coder for changes of these tables.
   *
   * @throws IllegalArgumentException where there are two definitions of one table, or none at all
   */
  public static ChangeEventCoder of(Collection<TableDefinition> tables) {
    if (tables.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot make a coder of changes: no table is given; give every table they may be of");
    }
    TreeMap<String, TableDefinition> sorted = new TreeMap<>();
    for (TableDefinition table : tables) {
      if (sorted.put(table.name(), table) != null) {
        throw new IllegalArgumentException(
            "Cannot make a coder of changes: there are two definitions of " + table.name());
      }
    }
    return new ChangeEventCoder(List.copyOf(sorted.values()));
  }

  /** A coder for changes of one table. */
  public static ChangeEventCoder of(TableDefinition table) {
    return of(List.of(table));
  }

  /** Makes it the default coder of {@link ChangeEvent} in a pipeline. */
  public static void register(Pipeline pipeline, Collection<TableDefinition> tables) {
    pipeline.getCoderRegistry().registerCoderForClass(ChangeEvent.class, of(tables));
  }

  /**
   * Beam asks this for a coder where none is set. Changes are coded as their tables define them, so
   * it only says what to set.
   */
  public static CoderProvider getCoderProvider() {
    return new CoderProvider() {
      @Override
      public <T> Coder<T> coderFor(TypeDescriptor<T> type, List<? extends Coder<?>> componentCoders)
          throws CannotProvideCoderException {
        throw new CannotProvideCoderException(
            "Cannot make a coder of changes: their tables are not known here; call"
                + " setCoder(ChangeEventCoder.of(tables)) on the collection, or"
                + " ChangeEventCoder.register(pipeline, tables) once");
      }
    };
  }

  /** The tables whose changes it encodes, ordered by name. */
  public List<TableDefinition> tables() {
    return tables;
  }

  @Override
  public void encode(ChangeEvent value, OutputStream stream) throws IOException {
    if (value == null) {
      throw new CoderException("Cannot encode a change: it is null");
    }
    Codecs codecs = codecs();
    Integer number = codecs.numbers.get(value.table());
    if (number == null) {
      throw new CoderException(
          String.format(
              "Cannot encode a change of table %s: its coder was made for %s; name the table there",
              value.table(), codecs.numbers.keySet()));
    }
    FramedCoding.encode(
        out -> {
          out.writeUnsigned(number);
          codecs.byNumber.get(number).write(value, out);
        },
        stream);
  }

  @Override
  public ChangeEvent decode(InputStream stream) throws IOException {
    return FramedCoding.decode(stream, this::read);
  }

  private ChangeEvent read(ByteInput in) {
    long number = in.readUnsigned();
    List<ChangeEventCodec> byNumber = codecs().byNumber;
    if (number < 0 || number >= byNumber.size()) {
      throw new IllegalArgumentException(
          String.format("there is no table %d among %d", number, byNumber.size()));
    }
    return byNumber.get((int) number).read(in);
  }

  private Codecs codecs() {
    Codecs made = codecs;
    if (made == null) {
      Map<String, Integer> numbers = new HashMap<>();
      tables.forEach(table -> numbers.put(table.name(), numbers.size()));
      made = new Codecs(tables.stream().map(ChangeEventCodec::new).toList(), Map.copyOf(numbers));
      codecs = made;
    }
    return made;
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  public TypeDescriptor<ChangeEvent> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(ChangeEvent.class);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChangeEventCoder that && tables.equals(that.tables);
  }

  @Override
  public int hashCode() {
    return tables.hashCode();
  }
}
