package org.beamlakehouse.io.merge.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.beamlakehouse.io.internal.spread.EvenKeys;

/**
 * A part of a table that one worker merges alone.
 *
 * <p>No record: Flink looks into the fields of the keys it groups by, which records do not allow.
 */
public final class Shard {
  private final String table;
  private final int index;
  private final int count;

  /**
   * Shard {@code index} of {@code count}.
   *
   * @param table the target table's name
   */
  @JsonCreator
  public Shard(
      @JsonProperty("table") String table,
      @JsonProperty("index") int index,
      @JsonProperty("count") int count) {
    this.table = table;
    this.index = index;
    this.count = count;
  }

  /** Where the notes to a table's commit go: beside its shards, through the same grouping. */
  public static Shard ofNotes(String table) {
    return new Shard(table, 0, 0);
  }

  /** Whether it holds notes to a commit and no changes. */
  public boolean carriesNotes() {
    return count == 0;
  }

  /** The target table's name. */
  @JsonProperty
  public String table() {
    return table;
  }

  /** Which of the table's shards it is, from 0 on. */
  @JsonProperty
  public int index() {
    return index;
  }

  /** How many shards the table has. */
  @JsonProperty
  public int count() {
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shard shard
        && index == shard.index
        && count == shard.count
        && table.equals(shard.table);
  }

  @Override
  public int hashCode() {
    return (table.hashCode() * 31 + index) * 31 + count;
  }

  @Override
  public String toString() {
    return table + " " + index + "/" + count;
  }

  /** Compact and deterministic, so that it may be grouped by; evenly over the workers. */
  public static final class Coder extends AtomicCoder<Shard> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Shard shard, OutputStream stream) throws IOException {
      ByteArrayOutputStream key = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(key);
      out.writeUTF(shard.table());
      out.writeInt(shard.index());
      out.writeInt(shard.count());
      // Each table begins at another worker, for those of one shard.
      int turn = shard.table().hashCode() % 1_000 + shard.index();
      out.writeShort(EvenKeys.completing(key.toByteArray(), turn));
      key.writeTo(stream);
    }

    @Override
    public Shard decode(InputStream stream) throws IOException {
      DataInputStream in = new DataInputStream(stream);
      Shard shard = new Shard(in.readUTF(), in.readInt(), in.readInt());
      in.readShort();
      return shard;
    }

    @Override
    public void verifyDeterministic() {
      // Equal shards have equal bytes.
    }
  }
}
