package org.beamlakehouse.transforms.internal.rows;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.beamlakehouse.transforms.internal.text.NearestName;

/** Finds the fields that a pipeline names, and refuses those that cannot be what they are to be. */
final class RowFieldsCheck {
  private final String transform;
  private final Schema schema;

  RowFieldsCheck(String transform, Schema schema) {
    this.transform = transform;
    this.schema = schema;
  }

  /** The place of a field that the input must have. */
  int place(String option, String name) {
    if (!schema.hasField(name)) {
      throw cannot(
          String.format(
              "the input has no field '%s', which %s names%s",
              name, option, NearestName.hint(name, schema.getFieldNames())));
    }
    return schema.indexOf(name);
  }

  /** The places of different fields, of which there must be one. */
  int[] places(String option, List<String> names) {
    if (names.isEmpty()) {
      throw cannot(String.format("it has no fields in %s; name at least one", option));
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw cannot(String.format("the field '%s' is twice in %s; name it once", name, option));
      }
    }
    return names.stream().mapToInt(name -> place(option, name)).toArray();
  }

  /** Refuses key fields whose equal values have several forms. */
  void checkKey(Field field, FieldForm form) {
    if (!form.exact()) {
      throw cannot(
          String.format(
              "the key field '%s' is of type %s, in which equal values may have different bytes; cast"
                  + " it, for example a decimal to one of fixed precision and an enumeration to a"
                  + " string",
              field.getName(), show(field)));
    }
  }

  /** Refuses fields whose values have no order. */
  void checkOrdered(String option, Field field, FieldForm form) {
    if (!form.exact() || !form.type().isOrdered()) {
      throw cannot(
          String.format(
              "the field '%s' of %s is of type %s, which has no order; name a number, a decimal of"
                  + " fixed precision, a date, a time or a string",
              field.getName(), option, show(field)));
    }
  }

  /** Refuses a change type field that holds no text, number or flag. */
  void checkChangeType(Field field) {
    if (!ChangeTypes.canTell(field.getType())) {
      throw cannot(
          String.format(
              "the change type field '%s' is of type %s; it must be a string, a whole number, a boolean"
                  + " or an enumeration",
              field.getName(), show(field)));
    }
  }

  /** Refuses an input that has what the output adds. */
  void checkAdded(List<Field> added) {
    for (Field field : added) {
      if (schema.hasField(field.getName())) {
        throw cannot(
            String.format(
                "the input already has a field '%s', which the output adds; rename or drop it before",
                field.getName()));
      }
    }
  }

  private static String show(Field field) {
    Schema.TypeName type = field.getType().getTypeName();
    return type == Schema.TypeName.LOGICAL_TYPE
        ? field.getType().getLogicalType().getIdentifier()
        : type.toString();
  }

  private IllegalArgumentException cannot(String why) {
    return new IllegalArgumentException("Cannot apply " + transform + ": " + why);
  }
}
