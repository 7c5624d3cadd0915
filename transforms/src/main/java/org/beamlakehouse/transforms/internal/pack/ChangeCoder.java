package org.beamlakehouse.transforms.internal.pack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.beamlakehouse.transforms.internal.codec.FramedCoding;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Beam's view of {@link ChangeCodec}: coder of the changes of one table. Deterministic; equal
 * changes have equal bytes.
 */
public final class ChangeCoder extends CustomCoder<Change> {
  private final TableDefinition table;
  private transient volatile @Nullable ChangeCodec codec;

  private ChangeCoder(TableDefinition table) {
    this.table = table;
  }

  public static ChangeCoder of(TableDefinition table) {
    return new ChangeCoder(table);
  }

  @Override
  public void encode(Change value, OutputStream stream) throws IOException {
    if (value == null) {
      throw new CoderException("Cannot encode a change: it is null");
    }
    FramedCoding.encode(out -> codec().write(value, out), stream);
  }

  @Override
  public Change decode(InputStream stream) throws IOException {
    return FramedCoding.decode(stream, in -> codec().read(in));
  }

  private ChangeCodec codec() {
    ChangeCodec made = codec;
    if (made == null) {
      made = ChangeCodec.of(table);
      codec = made;
    }
    return made;
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public TypeDescriptor<Change> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Change.class);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChangeCoder that && table.equals(that.table);
  }

  @Override
  public int hashCode() {
    return table.hashCode();
  }
}
