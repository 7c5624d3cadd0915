package org.beamlakehouse.pipelines.silver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.beamlakehouse.transforms.log.LogBeginning;
import org.beamlakehouse.transforms.log.LogMark;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The JSON in which what is known of logs is kept: equal knowledge is equal text. */
final class LogJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<LogMark>> MARKS = new TypeReference<>() {};
  private static final TypeReference<LogBeginning> BEGINNING = new TypeReference<>() {};
  private static final TypeReference<LogSightings> SIGHTINGS = new TypeReference<>() {};

  private LogJson() {}

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write what is known of logs", e);
    }
  }

  static List<LogMark> marks(@Nullable String json) {
    return json == null ? List.of() : read(json, MARKS);
  }

  static LogBeginning beginning(String json) {
    return read(json, BEGINNING);
  }

  static LogSightings sightings(String json) {
    return read(json, SIGHTINGS);
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read what is known of logs: " + json, e);
    }
  }
}
