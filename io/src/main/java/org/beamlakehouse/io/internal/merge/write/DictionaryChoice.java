package org.beamlakehouse.io.internal.merge.write;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types;

/**
 * Decides from the first rows of a file which of its columns are worth a dictionary. One whose
 * values hardly repeat costs as much as all other work on a column, only to be given up when it is
 * full. What the table's properties say of a column stands.
 */
final class DictionaryChoice {
  /** Rows to look at: a column of a few thousand values must show that they repeat. */
  static final int SAMPLE = 2000;

  /** Values after which a column that clearly repeats is looked at no longer. */
  private static final int GLANCE = 200;

  /** The share of different values from which on a dictionary does not pay. */
  private static final double MANY = 0.9;

  private DictionaryChoice() {}

  /**
   * Properties for the writer of a file.
   *
   * @param schema columns of the rows; rows may have more
   * @param table the table's properties
   */
  static Map<String, String> of(Schema schema, List<StructLike> sample, Map<String, String> table) {
    Map<String, String> properties = new HashMap<>();
    List<Types.NestedField> fields = schema.columns();
    for (int i = 0; i < fields.size(); i++) {
      String property =
          TableProperties.PARQUET_DICT_ENCODING_ENABLED_COLUMN_PREFIX + fields.get(i).name();
      if (fields.get(i).type().isPrimitiveType()
          && !table.containsKey(property)
          && hardlyRepeats(sample, i)) {
        properties.put(property, Boolean.FALSE.toString());
      }
    }
    return properties;
  }

  private static boolean hardlyRepeats(List<StructLike> sample, int column) {
    Set<Object> different = new HashSet<>();
    int values = 0;
    for (StructLike row : sample) {
      Object value = row.get(column, Object.class);
      if (value != null) {
        different.add(value);
        if (++values == GLANCE && different.size() < GLANCE / 2) {
          return false;
        }
      }
    }
    return different.size() > MANY * values;
  }
}
