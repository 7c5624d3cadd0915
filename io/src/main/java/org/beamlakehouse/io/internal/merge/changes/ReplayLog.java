package org.beamlakehouse.io.internal.merge.changes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableGroup;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The packed changes of a shard, kept until its table is committed: where another commit gets in
 * between, they are merged once more.
 *
 * <p>A few travel with the result of the shard; more lie in a file beside the table's metadata,
 * which the commit removes once the table tells by itself that it has taken them in. What a killed
 * run leaves there, or a replay that changed nothing, is an orphan for maintenance to remove.
 *
 * @param inline the blocks themselves; null where they are in a file
 * @param location the file that holds them; null where they are inline
 */
public record ReplayLog(byte @Nullable [] inline, @Nullable String location) {
  /** Size above which changes go to a file: results are held in memory by the commit. */
  static final int MAX_INLINE_BYTES = 64 * 1024;

  private static final int END = -1;

  /** The blocks, read one after the other. */
  public CloseableIterable<byte[]> blocks(FileIO io) {
    return new KeptBlocks(io);
  }

  /** Removes the file, where there is one. */
  public void discard(FileIO io) {
    if (location != null) {
      io.deleteFile(location);
    }
  }

  /** Keeps blocks while somebody else reads them. */
  public static final class Writer {
    private final Supplier<Table> table;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private DataOutputStream out = new DataOutputStream(memory);
    private @Nullable String location;

    /**
     * A writer of the changes of one shard.
     *
     * @param table the target table; asked for only where a file is needed
     */
    public Writer(Supplier<Table> table) {
      this.table = table;
    }

    /** The same blocks, to be iterated once; each is kept as it passes. */
    public Iterable<byte[]> keeping(Iterable<byte[]> blocks) {
      return () -> {
        Iterator<byte[]> each = blocks.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return each.hasNext();
          }

          @Override
          public byte[] next() {
            byte[] block = each.next();
            keep(block);
            return block;
          }
        };
      };
    }

    private void keep(byte[] block) {
      try {
        if (location == null && memory.size() + block.length > MAX_INLINE_BYTES) {
          moveToFile();
        }
        out.writeInt(block.length);
        out.write(block);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    private void moveToFile() throws IOException {
      Table target = table.get();
      String name = "beam-lakehouse-changes-" + UUID.randomUUID() + ".bin";
      location = ((HasTableOperations) target).operations().metadataFileLocation(name);
      OutputStream file = target.io().newOutputFile(location).create();
      memory.writeTo(file);
      memory.reset();
      out = new DataOutputStream(file);
    }

    /** What was kept. */
    public ReplayLog finish() {
      try {
        out.writeInt(END);
        out.close();
      } catch (IOException e) {
        throw unwritable(e);
      }
      return location == null
          ? new ReplayLog(memory.toByteArray(), null)
          : new ReplayLog(null, location);
    }

    /** Removes what was kept, because the work on it failed. */
    public void abort(RuntimeException cause) {
      try {
        out.close();
        if (location != null) {
          table.get().io().deleteFile(location);
        }
      } catch (IOException | RuntimeException e) {
        cause.addSuppressed(e);
      }
    }

    private UncheckedIOException unwritable(IOException e) {
      return new UncheckedIOException(
          "Cannot keep changes in " + (location == null ? "memory" : location), e);
    }
  }

  private final class KeptBlocks extends CloseableGroup implements CloseableIterable<byte[]> {
    private final FileIO io;

    KeptBlocks(FileIO io) {
      this.io = io;
    }

    @Override
    public CloseableIterator<byte[]> iterator() {
      InputStream bytes =
          location == null
              ? new ByteArrayInputStream(inline)
              : io.newInputFile(location).newStream();
      Blocks blocks = new Blocks(new DataInputStream(bytes));
      addCloseable(blocks);
      return blocks;
    }
  }

  private static final class Blocks implements CloseableIterator<byte[]> {
    private final DataInputStream in;
    private int length;

    Blocks(DataInputStream in) {
      this.in = in;
      advance();
    }

    private void advance() {
      try {
        length = in.readInt();
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    public boolean hasNext() {
      return length != END;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] block = new byte[length];
      try {
        in.readFully(block);
      } catch (IOException e) {
        throw unreadable(e);
      }
      advance();
      return block;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }

    private static UncheckedIOException unreadable(IOException e) {
      return new UncheckedIOException(
          "Cannot read the kept changes of a merge: " + e.getMessage() + "; run again", e);
    }
  }
}
