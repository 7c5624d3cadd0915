package org.beamlakehouse.examples.shop;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Delivers lines as real systems do: most in order, some a little late, a few much later (in
 * another file), and a few twice.
 *
 * <p>Needs memory for the lines that are late at one time only, so any number of lines may pass.
 */
final class Disorder {
  private static final int NEARBY = 50;
  private static final int A_LITTLE_LATE = 250;
  private static final int MUCH_LATER = 30;
  private static final int TWICE = 20;

  private record Waiting(long due, long added, String line) {}

  private final Dice dice;
  private final int farthest;
  private final Consumer<String> out;
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::due).thenComparing(Waiting::added));
  private long now;
  private long added;

  /**
   * Creates a delivery.
   *
   * @param farthest how many lines late a line may be
   */
  Disorder(Dice dice, int farthest, Consumer<String> out) {
    this.dice = dice;
    this.farthest = farthest;
    this.out = out;
  }

  /** Delivers a good line: at least once, at some time. */
  void deliver(String line) {
    deliverOnce(line);
    if (dice.chance(TWICE)) {
      enqueue(line, now + 1 + dice.below(farthest));
    }
  }

  /** Delivers a line exactly once. Broken lines come once, so that they can be counted. */
  void deliverOnce(String line) {
    now++;
    long delay = 0;
    if (dice.chance(MUCH_LATER)) {
      delay = dice.below(farthest);
    } else if (dice.chance(A_LITTLE_LATE)) {
      delay = dice.below(NEARBY);
    }
    enqueue(line, now + delay);
    release(now);
  }

  /** Delivers what is still on its way. */
  void finish() {
    release(Long.MAX_VALUE);
  }

  private void enqueue(String line, long due) {
    waiting.add(new Waiting(due, added++, line));
  }

  private void release(long until) {
    while (!waiting.isEmpty() && waiting.peek().due() <= until) {
      out.accept(waiting.poll().line());
    }
  }
}
