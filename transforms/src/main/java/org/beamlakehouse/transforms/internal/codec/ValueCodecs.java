package org.beamlakehouse.transforms.internal.codec;

import org.beamlakehouse.transforms.table.ColumnType;

/** The codec of each type; those of nested types are made of their parts' codecs. */
final class ValueCodecs {
  private ValueCodecs() {}

  /** The codec of a type, with its structs read in the given form. */
  static ValueCodec of(ColumnType type, StructForm form) {
    return switch (type.kind()) {
      case LIST -> new ListCodec(of(type.element(), form));
      case MAP -> new MapCodec(of(type.key(), form), of(type.value(), form));
      case STRUCT -> StructCodec.of(type, form);
      default -> new ScalarCodec(type);
    };
  }
}
