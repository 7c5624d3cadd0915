package org.beamlakehouse.transforms.internal.cdc.json;

/**
 * Bytes that are no record of their format. The message says what is wrong and where, without any
 * of the content. It has no stack trace: broken records may be many, and where they are found says
 * nothing.
 */
public abstract class RecordException extends Exception {
  private static final long serialVersionUID = 1L;

  public RecordException(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
