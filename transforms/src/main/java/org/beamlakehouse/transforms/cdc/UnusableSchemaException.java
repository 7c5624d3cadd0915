package org.beamlakehouse.transforms.cdc;

/**
 * A schema registry answered, and has no Avro schema of an id: it does not know the id, or the
 * schema is of another kind or broken. The message says which; it is told of every record that
 * names the id.
 */
public final class UnusableSchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * An exception.
   *
   * @param message what is wrong with the schema, in a form that goes on behind a colon
   */
  public UnusableSchemaException(String message) {
    super(message);
  }
}
