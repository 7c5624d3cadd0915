package org.beamlakehouse.io.merge;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;

/**
 * A part of a table that one worker merges alone: shard {@code index} of {@code count}.
 *
 * @param table the target table's name
 */
public record Shard(String table, int index, int count) {

  /** Compact and deterministic, so that it may be grouped by. */
  static final class Coder extends AtomicCoder<Shard> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Shard shard, OutputStream stream) throws IOException {
      DataOutputStream out = new DataOutputStream(stream);
      out.writeUTF(shard.table());
      out.writeInt(shard.index());
      out.writeInt(shard.count());
    }

    @Override
    public Shard decode(InputStream stream) throws IOException {
      DataInputStream in = new DataInputStream(stream);
      return new Shard(in.readUTF(), in.readInt(), in.readInt());
    }

    @Override
    public void verifyDeterministic() {
      // Equal shards have equal bytes.
    }
  }
}
