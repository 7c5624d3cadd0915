package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Results as Markdown; they name neither the host nor its paths. */
public final class Report {
  private Report() {}

  /** What was measured, and on what. */
  static String heading(JobSetup setup) {
    Sizes sizes = setup.sizes();
    return String.format(
        Locale.ROOT,
        "%n%,d changes per batch onto %,d rows in %d buckets%s%s (%s).%n",
        sizes.changes(),
        sizes.rows(),
        sizes.buckets(),
        sizes.hotShare() == 0
            ? ""
            : String.format(
                Locale.ROOT, ", %.0f %% of the updates to one row", sizes.hotShare() * 100),
        setup.tableProperties().isEmpty() ? "" : ", " + setup.tableProperties(),
        machine(setup));
  }

  /** The machine, as far as it matters. */
  public static String machine(JobSetup setup) {
    return String.format(
        Locale.ROOT,
        "%d cores, heap %s, Java %s, %s",
        Runtime.getRuntime().availableProcessors(),
        setup.heap(),
        Runtime.version(),
        System.getProperty("os.name"));
  }

  /** One table; ratios are against the first system. */
  static String costs(String mode, List<Series> all) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                "%n| %s | median s | least–most s | CPU s | wall ÷ first |%n"
                    + "|---|---|---|---|---|%n",
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

  /**
   * Replaces what a page has between {@code <!-- bench:SECTION -->} and {@code <!-- end -->}.
   *
   * @throws IllegalArgumentException where the page has no such section
   */
  static void write(Path page, String section, String results) throws IOException {
    String text = Files.readString(page);
    String begin = "<!-- bench:" + section + " -->";
    int from = text.indexOf(begin);
    int to = text.indexOf("<!-- end -->", Math.max(from, 0));
    if (from < 0 || to < 0) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write results to %s: it has no lines '%s' and '<!-- end -->'", page, begin));
    }
    Files.writeString(
        page, text.substring(0, from + begin.length()) + "\n" + results + text.substring(to));
  }
}
