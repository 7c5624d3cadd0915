package org.beamlakehouse.transforms.internal.merge;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A random history of a table, as the messages that Debezium made of it and as what truly happened:
 * some logs that follow each other, transactions that overlap, truncates, deletes with and without
 * their tombstones and tombstones alone, rows of incremental snapshots, redelivery and late copies.
 *
 * <p>What truly happened is a list: of each change it is known where it stands among all others.
 * The messages tell that by the connectors' positions only.
 */
final class MixedHistory {
  static final String TOPIC = "shop.public.things";
  private static final List<String> COLUMNS = List.of("a", "b", "c");
  static final int KEYS = 4;
  private static final String UNSENT = "__debezium_unavailable_value";

  /** What the messages tell of their place. */
  private enum Connector {
    POSTGRES,
    OLD_POSTGRES,
    MYSQL,
    SQL_SERVER,
    ORACLE
  }

  /**
   * A message.
   *
   * @param log the log that it truly belongs to
   * @param key of the row; 0 for a truncate
   * @param truth what it says, in its true place; a tombstone has none but its own
   */
  record Message(RawRecord record, int log, int key, Change truth) {
    boolean is(Kind kind) {
      return truth.kind() == kind;
    }
  }

  private final Random random;
  private final Connector connector;
  private final int partitions;
  private final boolean tombstones;
  private final TableDefinition table;
  private final List<List<Message>> received = new ArrayList<>();
  private final List<Message> sent = new ArrayList<>();
  private final Map<Integer, Long> last = new HashMap<>();
  private final Map<Sequence, Long> ordinals = new HashMap<>();
  private long ordinal;
  private long position;
  private long commit;
  private long millis = 1_700_000_000_000L;
  private int log;
  private final int logs;

  MixedHistory(long seed) {
    random = new Random(seed);
    connector = Connector.values()[random.nextInt(Connector.values().length)];
    partitions = 1 + random.nextInt(3);
    tombstones = random.nextInt(4) > 0;
    logs = 1 + random.nextInt(3);
    IntStream.range(0, partitions).forEach(p -> received.add(new ArrayList<>()));
    List<Column> columns = new ArrayList<>();
    columns.add(Column.required("id", ColumnType.INT));
    COLUMNS.forEach(name -> columns.add(Column.of(name, ColumnType.STRING)));
    table =
        TableDefinition.builder()
            .name("silver.things")
            .sourceTable(TOPIC)
            .columns(columns)
            .keyColumns("id")
            .storage(random.nextBoolean() ? StorageType.LATEST : StorageType.HISTORY)
            .deletes(random.nextBoolean() ? DeleteMode.HARD : DeleteMode.SOFT)
            .trackedColumns(List.of("a", "b"))
            .build();
    for (log = 0; log < logs; log++) {
      fill();
    }
    compact();
  }

  TableDefinition table() {
    return table;
  }

  /** How many logs follow each other. */
  int logs() {
    return logs;
  }

  /** The messages of each partition, in their order. */
  List<List<Message>> received() {
    return received;
  }

  /** The record right before one in its partition; null where there is none. */
  @Nullable RawRecord before(RawRecord record) {
    long offset = record.position().offset() - 1;
    return received.get(record.position().partition()).stream()
        .map(Message::record)
        .filter(other -> other.position().offset() == offset)
        .findFirst()
        .orElse(null);
  }

  /** What truly happened to a key, as far as the topic still tells. */
  List<Change> truth(int key) {
    List<Change> truth = new ArrayList<>();
    for (List<Message> partition : received) {
      Message before = null;
      for (Message message : partition) {
        if ((message.key() == key || message.key() == 0) && !isOwn(message, before)) {
          truth.add(message.truth());
        }
        before = message;
      }
    }
    return truth;
  }

  /** What the topic holds of a key, as text. */
  String tell(int key) {
    StringBuilder text = new StringBuilder(connector + " " + table.storage() + table.deletes());
    for (List<Message> partition : received) {
      for (Message message : partition) {
        if (message.key() == key || message.key() == 0) {
          Change truth = message.truth();
          text.append(' ').append(message.record().position().partition()).append('@');
          text.append(message.record().position().offset()).append('=').append(truth.kind());
          text.append(
              truth.sequence().isUntold()
                  ? ""
                  : "#" + ordinals.get(truth.sequence().withoutPosition()));
          text.append(message.log() > 0 ? "/" + message.log() : "");
        }
      }
    }
    return text.toString();
  }

  /** Whether a message is the tombstone that belongs to the delete right before it. */
  private static boolean isOwn(Message message, @Nullable Message before) {
    return message.is(Kind.TOMBSTONE)
        && before != null
        && before.is(Kind.DELETE)
        && before.key() == message.key()
        && before.record().position().offset() + 1 == message.record().position().offset();
  }

  /** One log: it begins at a lower place than the one before it, later. */
  private void fill() {
    millis += 2_000 + random.nextInt(600_000);
    long began = millis;
    position = base();
    commit = position;
    last.clear();
    int transactions = 1 + random.nextInt(10);
    for (int i = 0; i < transactions; i++) {
      long before = commit;
      commit = Math.max(commit, position) + 1 + random.nextInt(30);
      position = commit;
      millis += random.nextInt(3) == 0 ? 0 : random.nextInt(5_000);
      for (int change = random.nextInt(4); change >= 0; change--) {
        long time =
            connector == Connector.MYSQL && partitions == 1
                ? Math.max(began, millis - random.nextInt(60_000))
                : millis;
        change(before, time);
      }
      disturb();
    }
  }

  /** Every log lies below the one before it; where commits are told, by little. */
  private long base() {
    return switch (connector) {
      case POSTGRES, SQL_SERVER -> 100_000 - 1_000L * log;
      default -> 10_000_000L >> (2 * log);
    };
  }

  private void change(long before, long time) {
    // What first comes of a log tells its place.
    int dice = last.isEmpty() ? 19 : random.nextInt(20);
    int key = dice == 0 ? 0 : 1 + random.nextInt(KEYS);
    // Changes of one row do not overlap, nor do they a truncate.
    long above = Math.max(last.getOrDefault(key, 0L), last.getOrDefault(0, 0L));
    above = key == 0 ? last.values().stream().max(Long::compare).orElse(0L) : above;
    boolean inOrder = connector == Connector.MYSQL || connector == Connector.SQL_SERVER;
    long place = inOrder ? position + 1 : Math.max(above + 1, commit - random.nextInt(20));
    position = Math.max(position, place);
    last.put(key, place);
    boolean incremental = dice == 1 && connector != Connector.OLD_POSTGRES;
    if (key == 0) {
      send(0, Kind.TRUNCATE, null, "t", source(place, before, time, false), time);
    } else if (incremental && connector == Connector.POSTGRES) {
      // Read beside the log, at its end.
      position++;
      last.put(key, position);
      send(key, Kind.UPSERT, row(false), "r", source(position, position, time, true), time);
    } else if (dice < 7) {
      String[] image = random.nextBoolean() ? null : row(false);
      send(key, Kind.DELETE, image, "d", source(place, before, time, false), time);
      if (tombstones) {
        tombstone(key);
      }
    } else if (dice < 8) {
      tombstone(key);
    } else {
      String[] row = row(connector == Connector.POSTGRES || connector == Connector.OLD_POSTGRES);
      send(key, Kind.UPSERT, row, "u", source(place, before, time, false), time);
    }
  }

  private String[] row(boolean toasts) {
    String[] row = new String[COLUMNS.size()];
    for (int i = 0; i < row.length; i++) {
      int dice = random.nextInt(6);
      row[i] = dice == 0 ? null : dice == 1 && toasts ? UNSENT : "" + (char) ('p' + dice);
    }
    // Of a deleted row one without any value would be taken for its key only.
    row[2] = row[2] == null ? "z" : row[2];
    return row;
  }

  /** The {@code source} of a message. */
  private String source(long place, long before, long time, boolean incremental) {
    String told =
        switch (connector) {
          case POSTGRES ->
              incremental
                  ? "'snapshot':'incremental','lsn':null,'sequence':'[\\'%d\\',\\'%d\\']'"
                      .formatted(place, place)
                  : "'lsn':%d,'sequence':'[\\'%d\\',\\'%d\\']'".formatted(place, before, place);
          case OLD_POSTGRES -> "'lsn':%d".formatted(place);
          case MYSQL -> "'file':'bin.%06d','pos':%d,'row':0".formatted(base() / 10_000 + 1, place);
          case SQL_SERVER ->
              "'commit_lsn':'%08x:%08x:0001','change_lsn':'%08x:%08x:0002','event_serial_no':1"
                  .formatted(0, place, 0, place);
          case ORACLE -> "'scn':'%d'".formatted(place);
        };
    return "'connector':'%s','name':'shop','db':'shop','schema':'public','table':'things','ts_ms':%d,%s"
        .formatted(connector.name().toLowerCase(Locale.ROOT), time, told);
  }

  private void send(
      int key, Kind kind, String @Nullable [] row, String op, String source, long time) {
    String image = row == null ? "{'id':%d}".formatted(key) : image(key, row);
    String json =
        "{'before':%s,'after':%s,'source':{%s},'op':'%s','ts_ms':%d}"
            .formatted(
                kind == Kind.DELETE ? image : "null",
                kind == Kind.UPSERT ? image : "null",
                source,
                op,
                time + 7);
    int partition = key == 0 ? random.nextInt(partitions) : key % partitions;
    ordinal++;
    ordinals.put(Sequence.of(ordinal), ordinal);
    append(partition, log, key, bytes(json), kind, Sequence.builder().add(ordinal), time, row);
  }

  private void tombstone(int key) {
    append(
        key % partitions,
        log,
        key,
        null,
        Kind.TOMBSTONE,
        Sequence.builder().untold(),
        millis + random.nextInt(3),
        null);
  }

  private static String image(int key, String[] row) {
    StringBuilder json = new StringBuilder("{'id':").append(key);
    for (int i = 0; i < row.length; i++) {
      json.append(",'").append(COLUMNS.get(i)).append("':");
      json.append(row[i] == null ? "null" : "'" + row[i] + "'");
    }
    return json.append('}').toString();
  }

  private static byte[] bytes(String json) {
    // A quote within a text comes as one that is escaped already.
    String text = json.replace("\\'", "\u0001").replace('\'', '"').replace("\u0001", "\\\"");
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void append(
      int partition,
      int ofLog,
      int key,
      byte @Nullable [] payload,
      Kind kind,
      Sequence.Builder order,
      long time,
      String @Nullable [] row) {
    List<Message> messages = received.get(partition);
    SourcePosition at = SourcePosition.inTopic(TOPIC, partition, messages.size());
    Instant ingested = Instant.ofEpochSecond(1_800_000_000L + sent.size());
    byte[] keyBytes = key == 0 ? null : bytes("{'id':%d}".formatted(key));
    Instant when = Instant.ofEpochMilli(time);
    RawRecord record =
        payload == null
            ? RawRecord.tombstone("shop", keyBytes, at, ingested, when)
            : RawRecord.of("shop", payload, keyBytes, at, ingested);
    Object[] values = kind == Kind.TRUNCATE ? null : values(key, row, ingested);
    Change truth = new Change(kind, at.complete(order), when, when, values, unsent(kind, row));
    Message message = new Message(record, ofLog, key, truth);
    messages.add(message);
    sent.add(message);
  }

  private Object[] values(int key, String @Nullable [] row, Instant ingested) {
    Object[] values = new Object[table.carriedColumns().size()];
    values[0] = key;
    for (int i = 0; row != null && i < row.length; i++) {
      values[i + 1] = row[i];
    }
    values[table.columns().size()] = ingested;
    return values;
  }

  private static @Nullable BitSet unsent(Kind kind, String @Nullable [] row) {
    BitSet unsent = new BitSet();
    for (int i = 0; kind != Kind.TRUNCATE && i < COLUMNS.size(); i++) {
      unsent.set(i + 1, row == null || UNSENT.equals(row[i]));
    }
    return unsent.isEmpty() ? null : unsent;
  }

  /** Some of the last messages once more, in their order, or an old one. */
  private void disturb() {
    if (random.nextInt(4) == 0) {
      int from = Math.max(0, sent.size() - 1 - random.nextInt(8));
      List.copyOf(sent.subList(from, sent.size())).stream()
          .filter(message -> message.log() == log)
          .forEach(this::copy);
    }
    if (random.nextInt(6) == 0) {
      copy(sent.get(random.nextInt(sent.size())));
    }
  }

  private void copy(Message message) {
    Change truth = message.truth();
    int partition = message.record().position().partition();
    SourcePosition at = SourcePosition.inTopic(TOPIC, partition, received.get(partition).size());
    Instant ingested = Instant.ofEpochSecond(1_800_000_000L + sent.size());
    RawRecord record =
        message.is(Kind.TOMBSTONE)
            ? RawRecord.tombstone("shop", message.record().key(), at, ingested, truth.eventTime())
            : RawRecord.of(
                "shop", message.record().payload(), message.record().key(), at, ingested);
    Object[] values = truth.values() == null ? null : truth.values().clone();
    if (values != null) {
      values[table.columns().size()] = ingested;
    }
    Sequence place = at.complete(Sequence.builder().untold());
    Change again =
        new Change(
            truth.kind(),
            message.is(Kind.TOMBSTONE) ? place : place.withOrderOf(truth.sequence()),
            truth.eventTime(),
            truth.validTime(),
            values,
            truth.unsent());
    Message copy = new Message(record, message.log(), message.key(), again);
    received.get(partition).add(copy);
    sent.add(copy);
  }

  /**
   * Takes away some deletes of which the tombstone stays, as Kafka's compaction does. Not where
   * statements take long: a copy of what a long one overtook, with the original gone, would look
   * like a new log.
   */
  private void compact() {
    if (random.nextInt(3) > 0 || (connector == Connector.MYSQL && partitions == 1)) {
      return;
    }
    for (List<Message> partition : received) {
      List<Message> gone = new ArrayList<>();
      for (int i = 1; i < partition.size(); i++) {
        if (isOwn(partition.get(i), partition.get(i - 1)) && random.nextInt(3) == 0) {
          gone.add(partition.get(i - 1));
        }
      }
      partition.removeAll(gone);
    }
  }
}
