package org.beamlakehouse.testing.shop;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.beamlakehouse.testing.shop.ExpectedRecords.Good;

/**
 * What the tables of the sample project must hold, computed in the plainest way from its source
 * files: read everything, sort by log position, replay. It shares no code with the transforms.
 *
 * <p>Rows are maps from column to value: Long, Integer, String, Boolean, BigDecimal, LocalDate and
 * Instant (for timestamptz). Columns that depend on when or by what a row was ingested are left
 * out: {@code ingested_at}, {@code pipeline_version}, {@code _sequence}, {@code row_hash}, {@code
 * ingestion_lag_secs} and {@code is_late_arrival}. {@code _rescued_data} is JSON without spaces.
 */
public final class ExpectedShop {
  private final ExpectedRecords records = new ExpectedRecords();
  private final Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();

  private ExpectedShop() {}

  /** Computes the tables from the files under {@code data/} of a project. */
  public static ExpectedShop of(Path projectDir, LocalDate runDate) throws IOException {
    return of(
        ShopFiles.lines(projectDir.resolve("data/cdc")),
        ShopFiles.lines(projectDir.resolve("data/events")),
        runDate);
  }

  /** Computes the tables from the lines of the source files, in any order. */
  public static ExpectedShop of(List<String> cdc, List<String> events, LocalDate runDate) {
    ExpectedShop shop = new ExpectedShop();
    shop.lines.put("shop_cdc", cdc.size());
    shop.lines.put("shop_events", events.size());
    cdc.forEach(shop.records::readChange);
    events.forEach(shop.records::readEvent);
    shop.tables.put("silver.customers", shop.customers());
    shop.tables.put("silver.orders", shop.orders());
    shop.tables.put("silver.user_events", shop.events());
    shop.tables.putAll(ExpectedGold.tables(shop.tables, runDate));
    return shop;
  }

  /** The rows of a silver or gold table, for example {@code silver.orders}, in no given order. */
  public List<Map<String, Object>> rows(String table) {
    return tables.get(table);
  }

  /** The names of all tables. */
  public List<String> tableNames() {
    return List.copyOf(tables.keySet());
  }

  /**
   * Lines in the files of a source ({@code shop_cdc}, {@code shop_events}), empty ones included.
   */
  public int lines(String source) {
    return lines.get(source);
  }

  /** Lines with nothing on them: the tombstones of a topic that was written to files. */
  public int emptyLines(String source) {
    return records.emptyLines.getOrDefault(source, 0);
  }

  /** Records that cannot be parsed at all. */
  public int deadLetters(String source) {
    return records.deadLetters.getOrDefault(source, 0);
  }

  /** Heartbeats, transaction marks and logical messages. */
  public int notices(String source) {
    return records.notices.getOrDefault(source, 0);
  }

  /** Records in quarantine for a silver table: wrong type, missing value or broken rule. */
  public int quarantined(String table) {
    return records.quarantined.getOrDefault(table, 0);
  }

  /** Records that a {@code drop} rule kept out of a silver table. */
  public int dropped(String table) {
    return records.dropped.getOrDefault(table, 0);
  }

  /** Good changes by key and then by log position, redelivered ones once. */
  private static Map<Object, Map<Long, Good>> histories(List<Good> changes, String key) {
    Map<Object, Map<Long, Good>> histories = new TreeMap<>();
    for (Good change : changes) {
      Good same =
          histories
              .computeIfAbsent(change.row().get(key), k -> new TreeMap<>())
              .put(change.lsn(), change);
      if (same != null && !same.equals(change)) {
        throw new IllegalStateException("Two changes of a key at log position " + change.lsn());
      }
    }
    return histories;
  }

  private List<Map<String, Object>> customers() {
    List<Map<String, Object>> versions = new ArrayList<>();
    for (Map<Long, Good> history : histories(records.customers, "customer_id").values()) {
      Map<String, Object> open = null;
      for (Good change : history.values()) {
        if (!change.delete() && open != null && sameTracked(open, change.row())) {
          open.putAll(change.row());
          continue;
        }
        if (open != null) {
          open.put("valid_to", change.time());
          open.put("is_current", false);
          open = null;
        }
        if (!change.delete()) {
          open = new LinkedHashMap<>(change.row());
          open.put("valid_from", change.time());
          open.put("valid_to", null);
          open.put("is_current", true);
          putQuality(open, null, change.rescued());
          versions.add(open);
        }
      }
    }
    return versions;
  }

  private static boolean sameTracked(Map<String, Object> left, Map<String, Object> right) {
    return List.of("country", "region", "tier", "marketing_opt_in", "signup_ts").stream()
        .allMatch(column -> Objects.equals(left.get(column), right.get(column)));
  }

  private List<Map<String, Object>> orders() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Map<Long, Good> history : histories(records.orders, "order_id").values()) {
      Map<String, Object> row = new LinkedHashMap<>();
      ExpectedRecords.ORDERS.keySet().forEach(column -> row.put(column, null));
      putQuality(row, null, null);
      for (Good change : history.values()) {
        for (String column : ExpectedRecords.ORDERS.keySet()) {
          if (!change.unsent().contains(column)) {
            row.put(column, change.row().get(column));
          }
        }
        row.put("is_deleted", change.delete());
        row.put("deleted_at", change.delete() ? change.time() : null);
        if (!change.delete()) {
          BigDecimal amount = (BigDecimal) row.get("amount");
          boolean tooMuch = ((BigDecimal) row.get("refunded_amount")).compareTo(amount) > 0;
          putQuality(row, tooMuch ? "refund_within_amount" : null, change.rescued());
        }
      }
      rows.add(row);
    }
    return rows;
  }

  private List<Map<String, Object>> events() {
    Map<Object, Good> first = new TreeMap<>();
    for (Good event : records.events) {
      first.merge(
          event.row().get("event_id"),
          event,
          (known, other) -> other.time().isBefore(known.time()) ? other : known);
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Good event : first.values()) {
      Map<String, Object> row = new LinkedHashMap<>(event.row());
      row.put("event_date", LocalDate.ofInstant((Instant) row.get("event_ts"), ZoneOffset.UTC));
      putQuality(row, row.get("user_id") == null ? "known_user" : null, event.rescued());
      rows.add(row);
    }
    return rows;
  }

  private static void putQuality(Map<String, Object> row, String failedRule, String rescued) {
    row.put("dq_passed", failedRule == null);
    row.put("dq_failure_reason", failedRule);
    row.put("_rescued_data", rescued);
  }
}
