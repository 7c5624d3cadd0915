package org.beamlakehouse.pipelines.internal.silver.sourcelog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.beamlakehouse.transforms.internal.log.LogBeginning;
import org.beamlakehouse.transforms.internal.log.LogMark;
import org.beamlakehouse.transforms.internal.log.LogTimes;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The JSON in which what is known of logs is kept: equal knowledge is equal text. */
public final class LogJson {
  // What later versions know besides is nothing to this one.
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final TypeReference<List<LogMark>> MARKS = new TypeReference<>() {};
  private static final TypeReference<Knowledge> KNOWLEDGE = new TypeReference<>() {};
  private static final TypeReference<LogBeginning> BEGINNING = new TypeReference<>() {};
  private static final TypeReference<LogSightings> SIGHTINGS = new TypeReference<>() {};

  private LogJson() {}

  public static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write what is known of logs", e);
    }
  }

  /**
   * What a table knows of its source's logs.
   *
   * @param marks how far they came
   * @param times how its changes told their order
   */
  record Knowledge(List<LogMark> marks, List<LogTimes> times) {

    boolean hasNothing() {
      return marks.isEmpty() && times.isEmpty();
    }
  }

  static Knowledge knowledge(@Nullable String json) {
    if (json == null) {
      return new Knowledge(List.of(), List.of());
    }
    // Earlier versions kept the marks alone.
    return json.startsWith("[")
        ? new Knowledge(read(json, MARKS), List.of())
        : read(json, KNOWLEDGE);
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
