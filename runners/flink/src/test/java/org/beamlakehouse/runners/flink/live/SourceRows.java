package org.beamlakehouse.runners.flink.live;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.beamlakehouse.runners.flink.live.SourceTable.SourceColumn;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.beamlakehouse.testing.servers.PostgresServer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a lake's rows have to be, as sorted texts: from the database as it is now, from its log, and
 * from Kafka.
 */
final class SourceRows {
  private final PostgresServer server;

  SourceRows(PostgresServer server) {
    this.server = server;
  }

  /** The rows of a table in the database. */
  List<String> living(SourceTable table) throws SQLException {
    String columns =
        Stream.concat(
                table.columns().stream().map(SourceColumn::name), Stream.of(SourceTable.ADDED))
            .map(name -> name + "::text")
            .collect(Collectors.joining(", "));
    List<String> rows = new ArrayList<>();
    query(
        "SELECT " + columns + " FROM " + table.qualified(),
        result -> {
          List<String> values = new ArrayList<>();
          int at = 0;
          for (SourceColumn column : table.columns()) {
            at++;
            values.add(column.kind().ofPostgres(result.getString(at)));
          }
          values.add(result.getString(at + 1));
          rows.add(RowText.of(values));
        });
    rows.sort(null);
    return rows;
  }

  /** The rows of the product. */
  List<String> product(SourceTable orders) throws SQLException {
    List<String> rows = new ArrayList<>();
    query(
        "SELECT region, count(*), sum(amount) FROM " + orders.qualified() + " GROUP BY region",
        result ->
            rows.add(
                result.getString(1) + " " + result.getLong(2) + " " + result.getBigDecimal(3)));
    rows.sort(null);
    return rows;
  }

  /** What is done with each row of a result. */
  private interface RowAction {
    void with(ResultSet row) throws SQLException;
  }

  private void query(String sql, RowAction action) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'UTC'");
      try (ResultSet result = statement.executeQuery(sql)) {
        while (result.next()) {
          action.with(result);
        }
      }
    }
  }

  /** The rows of a table that its history has left over. */
  static List<String> living(WalHistory history) {
    return texts(
        history.versions().stream().filter(version -> version.to() == null).toList(),
        version -> version.values());
  }

  /**
   * The rows of a table that are no more: what the columns of the contract were last, and the time
   * of their end.
   */
  static List<String> deleted(SourceTable table, WalHistory history) {
    return texts(
        history.deleted(),
        row -> with(row.values().subList(0, table.columns().size()), RowText.time(row.at())));
  }

  /** All versions of a table's rows. */
  static List<String> versions(WalHistory history) {
    return texts(
        history.versions(),
        version ->
            with(
                version.values(),
                RowText.time(version.from()),
                RowText.time(version.to()),
                Boolean.toString(version.to() == null)));
  }

  private static <T> List<String> texts(List<T> rows, Function<T, List<@Nullable String>> values) {
    return rows.stream().map(row -> RowText.of(values.apply(row))).sorted().toList();
  }

  private static List<String> with(List<@Nullable String> values, String... more) {
    List<String> all = new ArrayList<>(values);
    all.addAll(List.of(more));
    return all;
  }

  /** The records of topics, with the checksums of their values. */
  static List<String> records(KafkaTopics topics, List<String> names) {
    List<String> records = new ArrayList<>();
    for (String name : names) {
      for (ConsumerRecord<byte[], byte[]> record : topics.records(name)) {
        records.add(
            RowText.record(
                record.topic(), record.partition(), record.offset(), md5(record.value())));
      }
    }
    records.sort(null);
    return records;
  }

  private static @Nullable String md5(byte @Nullable [] bytes) {
    try {
      return bytes == null
          ? null
          : HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
