package org.beamlakehouse.transforms.internal.codec;

/** As what a struct is read; both forms are written alike. */
enum StructForm {
  /** A {@code java.util.List} of the fields' values: the form of the merge rules. */
  LIST,
  /** A Beam {@code Row}: the form inside of Beam rows. */
  ROW
}
