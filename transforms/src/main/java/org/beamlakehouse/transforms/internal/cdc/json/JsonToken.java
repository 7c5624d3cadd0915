package org.beamlakehouse.transforms.internal.cdc.json;

/** What a JSON value is, told by its first bytes. */
public enum JsonToken {
  OBJECT,
  ARRAY,
  STRING,
  /** A number without fraction and exponent. */
  INTEGER,
  /** A number with a fraction or an exponent. */
  FRACTION,
  TRUE,
  FALSE,
  NULL,
  /** No value: an array or the input is at its end. */
  END;

  /** True for objects and arrays. */
  public boolean isNested() {
    return this == OBJECT || this == ARRAY;
  }

  /** True for values that are no objects and no arrays. */
  public boolean isScalar() {
    return this != OBJECT && this != ARRAY && this != END;
  }
}
