package org.beamlakehouse.io.internal.files;

import java.io.IOException;

/** A record of a file is larger than its source allows; it was not held whole. */
public final class RecordTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param record number of the record in its file, from 0
   * @param maxBytes how many bytes it may have
   */
  RecordTooLargeException(long record, int maxBytes) {
    super(String.format("its record %d is larger than %d bytes", record, maxBytes));
  }
}
