package org.beamlakehouse.transforms.table;

/** What a number in a date, time or timestamp column counts, from 1970 or from midnight. */
public enum TimestampUnit {
  DAYS,
  SECONDS,
  MILLIS,
  MICROS,
  NANOS
}
