package org.beamlakehouse.io.internal.merge.changes;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;

/**
 * Changes in one temporary file on the local disk (in {@code java.io.tmpdir}), split by the hash of
 * their keys into {@link HashRange#SLOTS} slots, so that they can be read back slot by slot.
 *
 * <p>Each slot fills a block; full blocks are appended to the file. The file goes with the object,
 * or with the process where that is killed on a file system that allows it.
 */
final class SpilledChanges implements Closeable {
  private static final int MIN_BLOCK = 512;
  private static final int MAX_BLOCK = 16 * 1024;

  private final ChangeCodec codec;
  private final int blockBytes;
  private final FileChannel file;
  private final ChangeBlock.Writer[] open = new ChangeBlock.Writer[HashRange.SLOTS];
  private final List<List<Segment>> segments = new ArrayList<>();
  private final long[] bytes = new long[HashRange.SLOTS];
  private long end;

  /** A block in the file. */
  private record Segment(long position, int length) {}

  /**
   * An empty file.
   *
   * @param memory bytes that blocks being filled may take
   */
  SpilledChanges(ChangeCodec codec, long memory) {
    this.codec = codec;
    this.blockBytes = (int) Math.max(MIN_BLOCK, Math.min(MAX_BLOCK, memory / HashRange.SLOTS));
    for (int slot = 0; slot < HashRange.SLOTS; slot++) {
      segments.add(new ArrayList<>(0));
    }
    try {
      Path path = Files.createTempFile("beam-lakehouse-merge-", ".spill");
      this.file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw failed("open", e);
    }
  }

  /** Adds a change, given as bytes of the codec, by the hash of its key. */
  void add(int hash, byte[] change, int offset, int length) {
    int slot = HashRange.slotOf(hash);
    ChangeBlock.Writer block = open[slot];
    if (block == null) {
      block = ChangeBlock.writer(codec, blockBytes);
      open[slot] = block;
    }
    block.add(change, offset, length);
    bytes[slot] += length;
    if (block.isFull()) {
      write(slot);
    }
  }

  private void write(int slot) {
    byte[] block = open[slot].finish();
    try {
      ByteBuffer buffer = ByteBuffer.wrap(block);
      while (buffer.hasRemaining()) {
        file.write(buffer, end + buffer.position());
      }
    } catch (IOException e) {
      throw failed("write", e);
    }
    segments.get(slot).add(new Segment(end, block.length));
    end += block.length;
  }

  /** Writes what is still in memory; to be called between the last change and the first part. */
  void finish() {
    for (int slot = 0; slot < HashRange.SLOTS; slot++) {
      if (open[slot] != null && !open[slot].isEmpty()) {
        write(slot);
      }
      open[slot] = null;
    }
  }

  /**
   * Parts that fit into memory.
   *
   * @param budget bytes that a part may take
   * @param factor memory of a change in proportion to its bytes
   * @param more bytes that all parts together take beside their changes
   */
  List<HashRange> parts(long budget, int factor, long more) {
    List<HashRange> parts = new ArrayList<>();
    int from = 0;
    long held = 0;
    for (int slot = 0; slot < HashRange.SLOTS; slot++) {
      long own = bytes[slot] * factor + more / HashRange.SLOTS;
      if (slot > from && held + own > budget) {
        parts.add(new HashRange(from, slot));
        from = slot;
        held = 0;
      }
      held += own;
    }
    parts.add(new HashRange(from, HashRange.SLOTS));
    return parts;
  }

  /** Loads the changes of a part into a table. */
  void load(HashRange part, ChangeTable table) {
    for (int slot = part.from(); slot < part.to(); slot++) {
      for (Segment segment : segments.get(slot)) {
        ChangeBlock.Cursor cursor = ChangeBlock.of(codec, read(segment)).cursor();
        while (cursor.hasNext()) {
          cursor.advance();
          table.add(cursor);
        }
      }
    }
  }

  private byte[] read(Segment segment) {
    ByteBuffer buffer = ByteBuffer.allocate(segment.length());
    try {
      while (buffer.hasRemaining()) {
        if (file.read(buffer, segment.position() + buffer.position()) < 0) {
          throw new IOException("the file ends early");
        }
      }
    } catch (IOException e) {
      throw failed("read", e);
    }
    return buffer.array();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed("remove", e);
    }
  }

  private static UncheckedIOException failed(String verb, IOException e) {
    return new UncheckedIOException(
        String.format(
            "Cannot %s the file of changes that do not fit into memory, in %s: %s; give it room, or"
                + " set java.io.tmpdir to a disk that has it",
            verb, System.getProperty("java.io.tmpdir"), e.getMessage()),
        e);
  }
}
