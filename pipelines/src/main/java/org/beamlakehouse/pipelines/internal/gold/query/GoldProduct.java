package org.beamlakehouse.pipelines.internal.gold.query;

import com.google.auto.value.AutoValue;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.beamlakehouse.pipelines.internal.config.NameRules;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.config.YamlFile;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A gold table as its SQL file declares it: a header in a comment, then one query.
 *
 * <pre>
 * /&#42;---
 * table: gold.dau_by_platform
 * owner: product_analytics
 * key: [event_date, platform]
 * incrementalBy: event_date
 * ---&#42;/
 * SELECT ...
 * </pre>
 */
@AutoValue
public abstract class GoldProduct {
  private static final List<String> KEYS =
      List.of("table", "owner", "description", "slaMinutes", "consumers", "key", "incrementalBy");
  private static final Pattern BEGIN = Pattern.compile("\\A\\s*/\\*---[ \\t]*(?:\\r?\\n|\\z)");
  private static final Pattern END = Pattern.compile("(?m)^[ \\t]*---\\*/");

  /** The file, relative to the project's folder. */
  public abstract String file();

  /** The table with its namespace, for example {@code gold.dau_by_platform}. */
  public abstract String table();

  /** Who answers for the product. */
  public abstract @Nullable String owner();

  public abstract @Nullable String description();

  /** How many minutes old the product may be. */
  public abstract @Nullable Integer slaMinutes();

  /** Who uses the product. */
  public abstract List<String> consumers();

  /** Columns that tell its rows apart; empty where it says none. */
  public abstract List<String> key();

  /**
   * The column by whose values the product is recomputed; null where all of it is recomputed each
   * time.
   */
  public abstract @Nullable String incrementalBy();

  /** The query, with its variables like <code>${run_date}</code> left in place, not terminated. */
  public abstract String sql();

  /** The line of the file, from 1, in which {@link #sql()} begins. */
  public abstract int sqlLine();

  /**
   * Parses a file.
   *
   * @param file how problems name the file
   * @return empty where there are errors, all of which are told
   */
  public static Optional<GoldProduct> parse(String file, String text, Problems problems) {
    Matcher begin = BEGIN.matcher(text);
    if (!begin.find()) {
      problems.error(
          file,
          1,
          "the header is missing; begin the file with a comment '/*---', keys like 'table:', and"
              + " '---*/'");
      return Optional.empty();
    }
    Matcher end = END.matcher(text);
    if (!end.find(begin.end())) {
      problems.error(file, lineAt(text, begin.end() - 1), "the header has no end; add '---*/'");
      return Optional.empty();
    }
    int errors = problems.errorCount();
    // Empty lines in place of what stands before the header keep the lines of its keys right.
    String before = "\n".repeat(lineAt(text, begin.end()) - 1);
    String header = text.substring(begin.end(), end.start());
    if (header.isBlank()) {
      problems.error(file, lineAt(text, end.start()), "the header is empty; add 'table:'");
      return Optional.empty();
    }
    YamlNode root = YamlFile.parse(file, before + header, problems);
    Builder product = new AutoValue_GoldProduct.Builder().file(file);
    if (root != null) {
      readHeader(root, product);
    }
    readSql(file, text, end.end(), product, problems);
    return problems.errorCount() > errors ? Optional.empty() : Optional.of(product.build());
  }

  private static void readHeader(YamlNode root, Builder product) {
    root.allowKeys(KEYS);
    String table = root.requireString("table");
    String problem = table == null ? null : NameRules.tableProblem(table);
    if (problem != null) {
      root.errorAt("table", "'%s' %s", table, problem);
    } else if (table != null) {
      product.table(table);
    }
    product.owner(root.string("owner"));
    if (!root.has("owner")) {
      root.warning("the product has no 'owner'");
    }
    product.description(root.string("description"));
    Integer slaMinutes = root.integer("slaMinutes");
    if (slaMinutes != null && slaMinutes < 1) {
      root.errorAt("slaMinutes", "'slaMinutes' must be at least 1");
    }
    product.slaMinutes(slaMinutes);
    YamlNode consumers = root.get("consumers");
    product.consumers(consumers == null ? List.of() : consumers.asStrings("'consumers'"));
    YamlNode key = root.get("key");
    product.key(key == null ? List.of() : key.asStrings("'key'"));
    String incrementalBy = root.string("incrementalBy");
    product.incrementalBy(incrementalBy);
    if (incrementalBy != null && !NameRules.isSimple(incrementalBy)) {
      root.errorAt(
          "incrementalBy",
          "'%s' is not the name of a column; 'incrementalBy' is one column of the query",
          incrementalBy);
    }
  }

  private static void readSql(
      String file, String text, int from, Builder product, Problems problems) {
    String sql = text.substring(from).stripTrailing();
    while (sql.endsWith(";")) {
      sql = sql.substring(0, sql.length() - 1).stripTrailing();
    }
    if (sql.isBlank()) {
      problems.error(file, lineAt(text, from), "the query is missing; write it after the header");
      return;
    }
    int start = from + (sql.length() - sql.stripLeading().length());
    product.sql(sql.stripLeading()).sqlLine(lineAt(text, start));
  }

  private static int lineAt(String text, int offset) {
    return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
  }

  /** Builder of {@link GoldProduct}. */
  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder file(String file);

    abstract Builder table(String table);

    abstract Builder owner(@Nullable String owner);

    abstract Builder description(@Nullable String description);

    abstract Builder slaMinutes(@Nullable Integer minutes);

    abstract Builder consumers(List<String> consumers);

    abstract Builder key(List<String> columns);

    abstract Builder incrementalBy(@Nullable String column);

    abstract Builder sql(String sql);

    abstract Builder sqlLine(int line);

    abstract GoldProduct build();
  }
}
