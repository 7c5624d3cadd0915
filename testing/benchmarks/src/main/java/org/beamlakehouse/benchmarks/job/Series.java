package org.beamlakehouse.benchmarks.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What one system's runs took. */
final class Series {
  private final String name;
  private final List<Cost> costs = new ArrayList<>();

  Series(String name) {
    this.name = name;
  }

  void add(Cost cost) {
    costs.add(cost);
  }

  String name() {
    return name;
  }

  /** Median of the wall times. */
  Duration wall() {
    return median(Cost::wall);
  }

  /** Median of the CPU times. */
  Duration cpu() {
    return median(Cost::cpu);
  }

  /** What a run took if all took the same. */
  Cost mean() {
    Cost sum = costs.stream().reduce(Cost.ofNanos(0, 0), Cost::plus);
    return new Cost(sum.wall().dividedBy(costs.size()), sum.cpu().dividedBy(costs.size()));
  }

  /** Least and greatest wall time, in seconds. */
  String spread() {
    List<Duration> sorted = sorted(Cost::wall);
    return seconds(sorted.get(0)) + "–" + seconds(sorted.get(sorted.size() - 1));
  }

  /** How many times as long as this another one took, by medians of wall times. */
  String ratio(Series other) {
    return String.format(Locale.ROOT, "%.2f", (double) other.wall().toNanos() / wall().toNanos());
  }

  /** A duration in seconds with two digits. */
  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toNanos() / 1e9);
  }

  private Duration median(Function<Cost, Duration> part) {
    List<Duration> sorted = sorted(part);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
  }

  private List<Duration> sorted(Function<Cost, Duration> part) {
    return costs.stream().map(part).sorted().toList();
  }
}
