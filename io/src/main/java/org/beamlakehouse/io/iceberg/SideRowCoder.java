package org.beamlakehouse.io.iceberg;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.beamlakehouse.transforms.change.RawRecordCoder;

/** Codes {@link SideRow}s; times to the microsecond. */
public final class SideRowCoder extends AtomicCoder<SideRow> {
  private static final SideRowCoder INSTANCE = new SideRowCoder();
  private static final Coder<String> TEXT = NullableCoder.of(StringUtf8Coder.of());
  private static final VarLongCoder LONG = VarLongCoder.of();

  private SideRowCoder() {}

  public static SideRowCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(SideRow row, OutputStream out) throws IOException {
    RawRecordCoder.of().encode(row.record(), out);
    TEXT.encode(row.failedRules(), out);
    TEXT.encode(row.error(), out);
    LONG.encode(InternalValues.micros(row.recordedAt()), out);
    TEXT.encode(row.pipelineVersion(), out);
    TEXT.encode(row.batchId(), out);
  }

  @Override
  public SideRow decode(InputStream in) throws IOException {
    return new SideRow(
        RawRecordCoder.of().decode(in),
        TEXT.decode(in),
        TEXT.decode(in),
        InternalValues.instant(LONG.decode(in)),
        TEXT.decode(in),
        TEXT.decode(in));
  }
}
