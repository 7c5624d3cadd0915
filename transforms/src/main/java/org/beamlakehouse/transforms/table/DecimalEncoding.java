package org.beamlakehouse.transforms.table;

/** What a string in a decimal column is. */
public enum DecimalEncoding {
  /** The number's unscaled two's complement in base64; the column's scale is that of the number. */
  BASE64,
  /** The number's digits. */
  TEXT
}
