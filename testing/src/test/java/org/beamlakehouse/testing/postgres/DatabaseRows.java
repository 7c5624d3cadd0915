package org.beamlakehouse.testing.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a PostgreSQL database says, in the classes in which Iceberg's generic reader says it. */
public final class DatabaseRows {
  private static final Map<String, Class<?>> TIMES =
      Map.of(
          "date",
          LocalDate.class,
          "time",
          LocalTime.class,
          "timestamp",
          LocalDateTime.class,
          "timestamptz",
          OffsetDateTime.class);

  private DatabaseRows() {}

  /** The rows of a query by column, in the query's order; times in UTC. */
  public static List<Map<String, Object>> of(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      ResultSetMetaData columns = result.getMetaData();
      List<Map<String, Object>> rows = new ArrayList<>();
      while (result.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          Class<?> type = TIMES.get(columns.getColumnTypeName(i));
          row.put(
              columns.getColumnLabel(i),
              type == null ? result.getObject(i) : result.getObject(i, type));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
