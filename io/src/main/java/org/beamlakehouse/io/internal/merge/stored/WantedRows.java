package org.beamlakehouse.io.internal.merge.stored;

import java.util.Iterator;
import org.apache.iceberg.StructLike;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.internal.merge.StoredRow;

/** The rows of one file whose values are wanted, in the order of their positions. */
final class WantedRows {
  /** Receives rows with their values. */
  public interface Receiver {
    void accept(int number, StoredRow row);
  }

  private final TargetShape shape;
  private final FoundRows found;
  private final Iterator<Integer> numbers;
  private final Receiver receiver;
  private int next;
  private boolean done;

  /**
   * Nothing is read yet.
   *
   * @param numbers of found rows, by position, each once
   * @param receiver gets the rows by their numbers
   */
  WantedRows(TargetShape shape, FoundRows found, Iterator<Integer> numbers, Receiver receiver) {
    this.shape = shape;
    this.found = found;
    this.numbers = numbers;
    this.receiver = receiver;
    advance();
  }

  private void advance() {
    done = !numbers.hasNext();
    next = done ? -1 : numbers.next();
  }

  /** True where no row is wanted any more. */
  boolean isDone() {
    return done;
  }

  /** Position of the next wanted row; the last of all where there is none. */
  long position() {
    return done ? Long.MAX_VALUE : found.position(next);
  }

  /** Takes the next wanted row, a row of {@link TargetShape#wholeSchema}. */
  void accept(StructLike row) {
    receiver.accept(next, shape.whole(row));
    advance();
  }
}
