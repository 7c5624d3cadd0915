package org.beamlakehouse.io.merge.plan;

import static java.util.Objects.requireNonNull;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.beamlakehouse.io.iceberg.Progress;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a merge is to do for one table: the changes that come with it are all that the upstream
 * table gained up to a position.
 *
 * @param table the target table, for example {@code silver.customers}
 * @param upstream the table that the changes were read from; null where none is tracked
 * @param upTo the position that the target has taken in after this merge; null for the progress
 *     staying as it is
 * @param mode whether the changes are merged into the stored rows or replace them
 */
@DefaultCoder(TablePlan.Coder.class)
public record TablePlan(
    String table, @Nullable String upstream, Progress.@Nullable Position upTo, Mode mode)
    implements Serializable {

  /** What becomes of the rows that are stored. */
  public enum Mode {
    /** The changes are merged into them. */
    INCREMENTAL,
    /** As incremental, also where the table has taken the changes in before. */
    REPLAY,
    /** The changes are the whole history of the table: rows and ledger are made of them alone. */
    FULL_REFRESH
  }

  public TablePlan {
    requireNonNull(table, "table");
    requireNonNull(mode, "mode");
    if (upTo != null) {
      requireNonNull(upstream, "upstream");
    }
  }

  /** A merge of what an upstream table gained. */
  public static TablePlan incremental(String table, String upstream, Progress.Position upTo) {
    return new TablePlan(table, upstream, upTo, Mode.INCREMENTAL);
  }

  /** A merge of changes that an upstream table has had for long, for example to mend rows. */
  public static TablePlan replay(String table, String upstream, Progress.Position upTo) {
    return new TablePlan(table, upstream, upTo, Mode.REPLAY);
  }

  /** A rebuild of a table from all that an upstream table has. */
  public static TablePlan fullRefresh(String table, String upstream, Progress.Position upTo) {
    return new TablePlan(table, upstream, upTo, Mode.FULL_REFRESH);
  }

  /** A merge of changes for which no progress is kept. */
  public static TablePlan untracked(String table) {
    return new TablePlan(table, null, null, Mode.INCREMENTAL);
  }

  /** Coder of {@link TablePlan}. */
  public static final class Coder extends AtomicCoder<TablePlan> {
    private static final long serialVersionUID = 1L;

    /** The coder; it has no settings. */
    public static Coder of() {
      return new Coder();
    }

    /** How Beam finds it for collections without a coder. */
    public static CoderProvider getCoderProvider() {
      return CoderProviders.forCoder(TypeDescriptor.of(TablePlan.class), of());
    }

    @Override
    public void encode(TablePlan plan, OutputStream stream) throws IOException {
      DataOutputStream out = new DataOutputStream(stream);
      out.writeUTF(plan.table());
      out.writeByte(plan.mode().ordinal());
      out.writeBoolean(plan.upstream() != null);
      if (plan.upstream() != null) {
        out.writeUTF(plan.upstream());
      }
      out.writeBoolean(plan.upTo() != null);
      if (plan.upTo() != null) {
        out.writeLong(plan.upTo().snapshot());
        out.writeLong(plan.upTo().sequence());
        writeText(plan.upTo().sourceTable(), out);
        writeText(plan.upTo().table(), out);
      }
    }

    @Override
    public TablePlan decode(InputStream stream) throws IOException {
      DataInputStream in = new DataInputStream(stream);
      String table = in.readUTF();
      Mode mode = Mode.values()[in.readByte()];
      String upstream = in.readBoolean() ? in.readUTF() : null;
      Progress.Position upTo =
          in.readBoolean()
              ? new Progress.Position(in.readLong(), in.readLong(), readText(in), readText(in))
              : null;
      return new TablePlan(table, upstream, upTo, mode);
    }

    private static void writeText(@Nullable String text, DataOutputStream out) throws IOException {
      out.writeBoolean(text != null);
      if (text != null) {
        out.writeUTF(text);
      }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
      return in.readBoolean() ? in.readUTF() : null;
    }

    @Override
    public void verifyDeterministic() {
      // Equal plans have equal bytes.
    }
  }
}
