package org.beamlakehouse.io.internal.merge.stored;

import java.util.BitSet;
import java.util.function.LongConsumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A live data file of the target, the rows deleted from it before and those deleted now. */
public final class StoredFile {
  private final FileScanTask task;
  private final @Nullable PositionDeleteIndex deletedBefore;
  private final BitSet deletedNow = new BitSet();

  StoredFile(FileScanTask task, @Nullable PositionDeleteIndex deletedBefore) {
    this.task = task;
    this.deletedBefore = deletedBefore;
  }

  public FileScanTask task() {
    return task;
  }

  public DataFile file() {
    return task.file();
  }

  public @Nullable PositionDeleteIndex deletedBefore() {
    return deletedBefore;
  }

  boolean isLive(long position) {
    return deletedBefore == null || !deletedBefore.isDeleted(position);
  }

  /** Positions deleted before and now, in ascending order. */
  public PositionDeleteIndex deleted() {
    PositionDeleteIndex deleted =
        Deletes.toPositionIndex(
            CloseableIterable.withNoopClose(() -> deletedNow.stream().asLongStream().iterator()));
    if (deletedBefore != null) {
      deleted.merge(deletedBefore);
    }
    return deleted;
  }

  /** Deletes a live row; called once per row. */
  public void delete(long position) {
    deletedNow.set(Math.toIntExact(position));
  }

  /** Number of the rows deleted now. */
  public int deletedNowCount() {
    return deletedNow.cardinality();
  }

  /** Shows the positions of the rows deleted now, in ascending order. */
  public void forEachDeletedNow(LongConsumer positions) {
    deletedNow.stream().forEach(positions::accept);
  }

  /** Number of the rows deleted before and now. */
  public long deletedCount() {
    long before = deletedBefore == null ? 0 : deletedBefore.cardinality();
    return before + deletedNow.cardinality();
  }

  /** Number of the deleted rows in parts of all that the file holds. */
  public double deletedShare() {
    return (double) deletedCount() / file().recordCount();
  }

  /** True where no row is left. */
  public boolean isEmptied() {
    return deletedCount() == file().recordCount();
  }
}
