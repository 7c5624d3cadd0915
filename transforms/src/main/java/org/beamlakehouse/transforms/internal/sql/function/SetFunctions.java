package org.beamlakehouse.transforms.internal.sql.function;

import java.util.Set;
import org.apache.calcite.linq4j.function.Strict;

/**
 * Look-ups in sets, for code that expressions are compiled to; not for other use. It is public only
 * because the generated classes live in no package.
 */
public final class SetFunctions {

  private SetFunctions() {}

  /** True where the value is in the set; unknown (null) for null, which the caller sees to. */
  @Strict
  public static boolean isAmong(Object value, Object set) {
    return ((Set<?>) set).contains(value);
  }
}
