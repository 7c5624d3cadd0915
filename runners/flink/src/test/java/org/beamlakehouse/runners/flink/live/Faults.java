package org.beamlakehouse.runners.flink.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Things that fail one after the other, in a random order in which none comes again before all
 * others have come, and each for a random time.
 */
final class Faults {
  private static final int LONGEST_MILLIS = 4_000;

  private final Random random;
  private final Map<String, Fault> faults = new LinkedHashMap<>();
  private final Deque<String> next = new ArrayDeque<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  /** A step of a fault. */
  interface Step {
    void take() throws Exception;
  }

  private record Fault(Step begin, Step end) {}

  Faults(Random random) {
    this.random = random;
  }

  /** Adds a fault that begins and ends by these steps. */
  Faults with(String name, Step begin, Step end) {
    faults.put(name, new Fault(begin, end));
    return this;
  }

  /** Lets the next one come and go; gives its name. */
  String next() throws Exception {
    if (next.isEmpty()) {
      List<String> names = new ArrayList<>(faults.keySet());
      Collections.shuffle(names, random);
      next.addAll(names);
    }
    String name = next.remove();
    counts.merge(name, 1, Integer::sum);
    faults.get(name).begin().take();
    Thread.sleep(random.nextInt(LONGEST_MILLIS));
    faults.get(name).end().take();
    return name;
  }

  /** How often each has come. */
  Map<String, Integer> counts() {
    return counts;
  }
}
