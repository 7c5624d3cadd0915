package org.beamlakehouse.transforms.internal.cdc.json;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The names of the fields of one kind of object, and what is to be done with each field.
 *
 * <p>Objects of one kind mostly have the same fields in the same order. So every field remembers
 * which one came after it the last time; {@link JsonReader#nextField} compares the bytes of that
 * name first, and only where they differ reads the name and looks it up.
 *
 * @param <T> what belongs to a field
 */
public final class FieldNames<T> {
  /** Objects may have any number of fields that nobody knows; more than these are not kept. */
  private static final int MAX_REMEMBERED = 2_000;

  private final Function<String, T> targets;
  private final Map<String, Field<T>> known = new HashMap<>();
  private final Field<T> start;
  private int objects;

  /** One name, and what belongs to it. */
  public static final class Field<T> {
    private final String name;
    private final byte[] quoted;
    private final @Nullable T target;
    private @Nullable Field<T> next;
    private int lastObject;

    private Field(String name, byte[] quoted, @Nullable T target) {
      this.name = name;
      this.quoted = quoted;
      this.target = target;
    }

    public String name() {
      return name;
    }

    public @Nullable T target() {
      return target;
    }

    /** The name as it was written, with its quotes. */
    byte[] quoted() {
      return quoted;
    }

    /** The field that came after this one; null where none did. */
    @Nullable Field<T> next() {
      return next;
    }
  }

  /**
   * Names whose targets are asked for once.
   *
   * @param targets gives what belongs to a name, which may be null
   */
  public FieldNames(Function<String, T> targets) {
    this.targets = targets;
    this.start = new Field<>("", new byte[0], null);
  }

  /** Stands before the first field of an object. */
  public Field<T> start() {
    objects++;
    return start;
  }

  /** True where the object that was begun last had the field before; asked once for each field. */
  boolean isAgain(Field<T> field) {
    boolean again = field.lastObject == objects;
    field.lastObject = objects;
    return again;
  }

  /**
   * The field of a name.
   *
   * @param last the field before it
   * @param bytes hold the name as it is written, with its quotes, between two offsets
   */
  Field<T> find(Field<T> last, String name, byte[] bytes, int from, int to) {
    Field<T> field = known.get(name);
    if (field == null) {
      field = new Field<>(name, Arrays.copyOfRange(bytes, from, to), targets.apply(name));
      if (known.size() >= MAX_REMEMBERED) {
        return field;
      }
      known.put(name, field);
    }
    last.next = field;
    return field;
  }
}
