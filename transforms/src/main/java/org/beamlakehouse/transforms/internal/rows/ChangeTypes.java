package org.beamlakehouse.transforms.internal.rows;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.LogicalType;
import org.apache.beam.sdk.schemas.logicaltypes.EnumerationType;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the values of a row's change type field mean.
 *
 * @param field null: every row is an upsert
 * @param upserts empty: all values that are in neither of the other lists
 */
public record ChangeTypes(
    @Nullable String field, List<String> upserts, List<String> deletes, List<String> ignored)
    implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  /** What a row of a change type is. */
  enum Meaning {
    UPSERT,
    DELETE,
    IGNORED,
    UNKNOWN
  }

  public ChangeTypes {
    upserts = List.copyOf(upserts);
    deletes = List.copyOf(deletes);
    ignored = List.copyOf(ignored);
  }

  /**
   * Checks that each value has one meaning.
   *
   * @throws IllegalArgumentException where one has two, or there are values and no field, or a
   *     field and no value of a delete
   */
  void check(String transform) {
    List<String> all = new ArrayList<>(upserts);
    all.addAll(deletes);
    all.addAll(ignored);
    if (field == null && !all.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot apply %s: it is told what values of a change type mean, and not where they"
                  + " are; name the field in withChangeTypeField",
              transform));
    }
    if (field != null && deletes.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot apply %s: no value of the change type field %s means delete; name those that"
                  + " do in withDeleteTypes, or leave withChangeTypeField away",
              transform, field));
    }
    Set<String> seen = new HashSet<>();
    for (String value : all) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot apply %s: the change type '%s' is given twice; a value of %s means one"
                    + " thing",
                transform, value, field));
      }
    }
  }

  Meaning meaning(@Nullable Object value) {
    if (value == null) {
      return Meaning.UNKNOWN;
    }
    String text = value.toString();
    if (deletes.contains(text)) {
      return Meaning.DELETE;
    } else if (ignored.contains(text)) {
      return Meaning.IGNORED;
    }
    return upserts.isEmpty() || upserts.contains(text) ? Meaning.UPSERT : Meaning.UNKNOWN;
  }

  /** Whether a field of this type can tell. */
  static boolean canTell(FieldType type) {
    return switch (type.getTypeName()) {
      case STRING, BOOLEAN, BYTE, INT16, INT32, INT64 -> true;
      case LOGICAL_TYPE -> {
        LogicalType<?, ?> logical = type.getLogicalType();
        yield logical instanceof EnumerationType
            || (logical instanceof PassThroughLogicalType && canTell(logical.getBaseType()));
      }
      default -> false;
    };
  }

  /** The value as the text that the lists hold: an enumeration's name, else as it prints. */
  static @Nullable Object text(FieldType type, @Nullable Object value) {
    return value instanceof EnumerationType.Value number
        ? type.getLogicalType(EnumerationType.class).toString(number)
        : value;
  }
}
