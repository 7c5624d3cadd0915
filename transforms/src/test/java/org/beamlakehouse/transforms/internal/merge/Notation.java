package org.beamlakehouse.transforms.internal.merge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The short form of changes and rows in which the cases are written.
 *
 * <p>A change is {@code [KEY:]KIND[(values)]@order[/position][~time]}: {@code U(a)@5}, {@code
 * 2:U(a,-)@5/1}, {@code D@6}, {@code D(a,b)@6}, {@code T@7~3}, {@code X@/0.3~9}. The kind is U
 * (upsert), D (delete), T (truncate) or X (tombstone, which has no order); a position is a number,
 * or partition and offset; a value is a word, {@code -} for null or {@code ?} for one that was not
 * sent. The key is 1 and the time is the order unless said otherwise. {@code |} separates batches.
 *
 * <p>A row is {@code [KEY:]values@order} with {@code !time} behind it where it is deleted, or
 * {@code [KEY:]values[from,to)} for a version; an open version ends at {@code *}.
 */
final class Notation {

  /** A change and the key that it is for; a truncate has none. */
  record KeyedChange(int key, Change change) {}

  private static final Pattern CHANGE =
      Pattern.compile(
          "(?:(\\d+):)?([UDTX])(?:\\(([^)]*)\\))?@(\\d*)(?:/(\\d+)(?:\\.(\\d+))?)?(?:~(\\d+))?");

  private final TableDefinition table;

  Notation(TableDefinition table) {
    this.table = table;
  }

  List<List<KeyedChange>> batches(String text) {
    List<List<KeyedChange>> batches = new ArrayList<>();
    for (String batch : text.split("\\|")) {
      batches.add(changes(batch));
    }
    return batches;
  }

  List<KeyedChange> changes(String text) {
    List<KeyedChange> changes = new ArrayList<>();
    Matcher matcher = CHANGE.matcher(text);
    int end = 0;
    for (; matcher.find(end); end = matcher.end()) {
      if (!text.substring(end, matcher.start()).isBlank()) {
        break;
      }
      changes.add(change(matcher));
    }
    if (!text.substring(end).isBlank()) {
      throw new IllegalArgumentException("Cannot read the change: " + text.substring(end));
    }
    return changes;
  }

  Change change(String text) {
    return changes(text).get(0).change();
  }

  private KeyedChange change(Matcher matcher) {
    int key = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
    Kind kind =
        switch (matcher.group(2)) {
          case "U" -> Kind.UPSERT;
          case "D" -> Kind.DELETE;
          case "X" -> Kind.TOMBSTONE;
          default -> Kind.TRUNCATE;
        };
    long order = kind == Kind.TOMBSTONE ? -1 : Long.parseLong(matcher.group(4));
    Sequence.Builder sequence = Sequence.builder();
    sequence = kind == Kind.TOMBSTONE ? sequence.untold() : sequence.add(order);
    if (matcher.group(5) != null) {
      sequence.position().add(Long.parseLong(matcher.group(5)));
    }
    if (matcher.group(6) != null) {
      sequence.add(Long.parseLong(matcher.group(6)));
    }
    long time = matcher.group(7) == null ? order : Long.parseLong(matcher.group(7));
    Instant eventTime = Instant.ofEpochSecond(time);
    Comparable<?> validTime = table.sequenceBy().isEmpty() ? eventTime : (Comparable<?>) time;
    return new KeyedChange(
        key, change(kind, key, matcher.group(3), sequence.build(), eventTime, validTime));
  }

  private Change change(
      Kind kind,
      int key,
      String values,
      Sequence sequence,
      Instant eventTime,
      Comparable<?> validTime) {
    if (kind == Kind.TRUNCATE) {
      return new Change(kind, sequence, eventTime, validTime, null, null);
    }
    int contract = table.columns().size();
    Object[] row = new Object[table.carriedColumns().size()];
    row[0] = key;
    BitSet unsent = new BitSet();
    if (values == null) {
      unsent.set(1, contract);
    } else {
      String[] words = values.split(",", -1);
      for (int i = 0; i < words.length; i++) {
        String word = words[i].trim();
        if (word.equals("?")) {
          unsent.set(i + 1);
          row[i + 1] = "never to be seen";
        } else {
          row[i + 1] = word.equals("-") ? null : word;
        }
      }
    }
    row[contract] = eventTime;
    return new Change(kind, sequence, eventTime, validTime, row, unsent.isEmpty() ? null : unsent);
  }

  /** A row in short form; the key is left out where it is 1. */
  String show(StoredRow row) {
    StringBuilder text = new StringBuilder();
    if (!Integer.valueOf(1).equals(row.values()[0])) {
      text.append(row.values()[0]).append(':');
    }
    for (int i = 1; i < table.columns().size(); i++) {
      text.append(i > 1 ? "," : "").append(row.values()[i] == null ? "-" : row.values()[i]);
    }
    if (row.validFrom() != null) {
      text.append('[').append(show(row.validFrom())).append(',');
      return text.append(row.validTo() == null ? "*" : show(row.validTo())).append(')').toString();
    }
    text.append('@').append(order(row.sequence()));
    return row.isDeleted()
        ? text.append('!').append(row.deletedAt().getEpochSecond()).toString()
        : text.toString();
  }

  private static Object show(Comparable<?> validTime) {
    return validTime instanceof Instant time ? time.getEpochSecond() : validTime;
  }

  /** A change in short form, without its values. */
  String show(Change change) {
    if (change.kind() == Kind.TOMBSTONE) {
      return "X@/" + change.sequence().partition() + "." + change.sequence().offset();
    }
    return change.kind().name().charAt(0) + "@" + order(change.sequence());
  }

  /** The number that a sequence of one number and any position was built of. */
  private static long order(Sequence sequence) {
    for (long order = 0; ; order++) {
      if (sequence.sameOrder(Sequence.of(order))) {
        return order;
      }
    }
  }
}
