package org.beamlakehouse.benchmarks.job;

import java.util.List;
import java.util.Locale;

/** Results as Markdown. */
final class Report {
  private Report() {}

  /** What was measured, and on what; names neither the host nor its paths. */
  static String machine(JobSetup setup) {
    return String.format(
        Locale.ROOT,
        "%n%,d changes per batch onto %,d rows in %d buckets. %d cores, heap %s, Java %s, %s.%n",
        setup.changes(),
        setup.rows(),
        setup.buckets(),
        Runtime.getRuntime().availableProcessors(),
        setup.heap(),
        Runtime.version(),
        System.getProperty("os.name"));
  }

  /** One table; ratios are against the first system. */
  static String of(String mode, List<Series> all) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%n| %s | median s | least–most s | CPU s | times ours |%n|---|---|---|---|---|%n",
            mode));
    for (Series series : all) {
      table.append(
          String.format(
              "| %s | %s | %s | %s | %s |%n",
              series.name(),
              Series.seconds(series.wall()),
              series.spread(),
              Series.seconds(series.cpu()),
              all.get(0).ratio(series)));
    }
    return table.toString();
  }
}
