package org.beamlakehouse.testing.robust;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Batches of changes of one table, and of events, for runs that come one after the other. The same
 * for the same seed: late changes come with a later batch, some come twice, some are broken.
 */
final class ItemBatches {
  private static final int KEYS = 30;
  private static final int CHANGES = 60;
  private static final int EVENTS = 40;
  private static final long START_MILLIS = 1_767_225_600_000L;
  private static final String[] COLORS = {"red", "green", "blue"};

  private final Random random;
  private final boolean[] lives = new boolean[KEYS];
  private List<String> late = new ArrayList<>();
  private long lsn = 100;
  private long eventNumber;

  /**
   * One batch.
   *
   * @param changes lines of a Debezium file
   * @param events lines of a file of events
   */
  record Batch(List<String> changes, List<String> events) {}

  ItemBatches(long seed) {
    this.random = new Random(seed);
  }

  Batch next() {
    return new Batch(changes(), events());
  }

  private List<String> changes() {
    List<String> lines = new ArrayList<>(late);
    late = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      String line = change(random.nextInt(KEYS));
      boolean isLate = random.nextInt(8) == 0;
      (isLate ? late : lines).add(line);
      if (random.nextInt(10) == 0) {
        late.add(line);
      }
    }
    lines.add(envelope("u", "null", "{\"id\":1,\"color\":\"red\",\"size\":\"large\"}"));
    lines.add("{\"before\":null,\"after\":{\"id\":1,\"col");
    Collections.shuffle(lines, random);
    return lines;
  }

  private String change(int key) {
    if (lives[key] && random.nextInt(5) == 0) {
      lives[key] = false;
      return envelope("d", "{\"id\":%d,\"color\":null,\"size\":null}".formatted(key), "null");
    }
    String op = lives[key] ? "u" : "c";
    lives[key] = true;
    return envelope(
        op,
        "null",
        "{\"id\":%d,\"color\":\"%s\",\"size\":%d}"
            .formatted(key, COLORS[random.nextInt(COLORS.length)], random.nextInt(5)));
  }

  private String envelope(String op, String before, String after) {
    lsn += 1 + random.nextInt(3);
    return ("{\"before\":%s,\"after\":%s,\"op\":\"%s\",\"source\":{\"connector\":\"postgresql\","
            + "\"schema\":\"public\",\"table\":\"items\",\"lsn\":%d,\"ts_ms\":%d}}")
        .formatted(before, after, op, lsn, START_MILLIS + lsn * 1_000);
  }

  private List<String> events() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      // Numbers of the last batch are drawn again: repeated events.
      long id = Math.max(0, eventNumber - random.nextInt(EVENTS)) + random.nextInt(EVENTS);
      lines.add(
          "{\"event_id\":\"e%d\",\"user_id\":%d,\"event_ts\":\"2026-01-%02dT10:00:%02dZ\"}"
              .formatted(id, random.nextInt(9) - 1, 1 + id % 20, random.nextInt(60)));
    }
    eventNumber += EVENTS / 2;
    lines.add("not JSON");
    return lines;
  }
}
