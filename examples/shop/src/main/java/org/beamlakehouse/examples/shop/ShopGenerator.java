package org.beamlakehouse.examples.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes the source files of the sample project: {@code data/cdc/changes-*.jsonl} with the changes
 * of the shop's database as Debezium sends them, and {@code data/events/events-*.jsonl} with the
 * events of its apps. Some files are compressed with gzip or zstd.
 *
 * <p>The lines are a pure function of scale and seed: no clock, no locale, the same on every
 * machine. Among the good ones are all that a lakehouse has to cope with: changes out of order
 * within a file and across files, redelivered and repeated records, deletes with the whole old row
 * and with the key alone, values that PostgreSQL did not send, records with and without schema,
 * tombstones, heartbeats, columns that no contract knows, broken JSON, wrong types, missing keys
 * and values that break a quality rule. No person is in it: customers are numbers.
 */
public final class ShopGenerator {
  /** The day that the documentation shows {@code gold.customer_features} for. */
  public static final String RUN_DATE = "2026-07-01";

  /** The seed of the data that the documentation shows. */
  public static final long SEED = 20_260_301L;

  private static final String MARKER = ".generated";

  /**
   * What was written.
   *
   * @param files number of files
   * @param cdcLines lines of all change files, empty ones included
   * @param eventLines lines of all event files
   */
  public record Summary(int files, long cdcLines, long eventLines) {}

  private ShopGenerator() {}

  /**
   * For scripts: writes the files below the folder of the first argument, at the second's scale.
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("Cannot generate the shop: name a folder and a scale");
    }
    generate(Path.of(args[0]), Double.parseDouble(args[1]));
  }

  /** Writes the files with the seed of the documentation; see the other method. */
  public static Summary generate(Path projectDir, double scale) throws IOException {
    return generate(projectDir, scale, SEED);
  }

  /**
   * Writes the files, or leaves them as they are where they have been written with this scale and
   * seed before: an ingested file must not change.
   *
   * @param projectDir folder of the project; the files go to {@code data/} in it
   * @param scale size of the data: 1 gives about 30,000 changes and 30,000 events, 10 ten times as
   *     many; above 0, up to 1000
   * @param seed another seed gives another shop of the same size
   * @throws IllegalStateException where the folder has data of another scale or seed
   * @throws IllegalArgumentException where the scale is out of range
   */
  public static Summary generate(Path projectDir, double scale, long seed) throws IOException {
    ShopSize size = new ShopSize(scale);
    Path data = Files.createDirectories(projectDir.resolve("data"));
    Path marker = data.resolve(MARKER);
    String request = String.format(Locale.ROOT, "scale %s seed %d", Double.toString(scale), seed);
    if (Files.exists(marker)) {
      String[] found = Files.readString(marker).split("\n", -1);
      if (!found[0].equals(request)) {
        throw new IllegalStateException(
            String.format(
                "Cannot generate data of %s: %s has data of %s; delete its folders data and"
                    + " warehouse first",
                request, projectDir, found[0]));
      }
      if (found.length > 3) {
        return new Summary(
            Integer.parseInt(found[1]), Long.parseLong(found[2]), Long.parseLong(found[3]));
      }
    }
    Files.writeString(marker, request);
    Summary summary = write(data, size, seed);
    Files.writeString(
        marker,
        String.join(
            "\n",
            request,
            Integer.toString(summary.files()),
            Long.toString(summary.cdcLines()),
            Long.toString(summary.eventLines())));
    return summary;
  }

  private static Summary write(Path data, ShopSize size, long seed) throws IOException {
    try (JsonLinesFiles changes =
            new JsonLinesFiles(data.resolve("cdc"), "changes", size.linesPerFile());
        JsonLinesFiles events =
            new JsonLinesFiles(data.resolve("events"), "events", size.linesPerFile())) {
      // Each part has dice of its own, so that a change to one leaves the other as it is.
      Disorder changeDelivery = new Disorder(new Dice(seed + 1), size.disorder(), changes::write);
      ChangeLog log = new ChangeLog(new Dice(seed + 2), changeDelivery, ShopSize.START);
      new ShopDatabase(size, new Dice(seed + 3), log).run();
      changeDelivery.finish();
      Disorder eventDelivery = new Disorder(new Dice(seed + 4), size.disorder(), events::write);
      new ShopEvents(size, new Dice(seed + 5), eventDelivery).run();
      eventDelivery.finish();
      changes.close();
      events.close();
      return new Summary(changes.files() + events.files(), changes.lines(), events.lines());
    }
  }
}
