package org.beamlakehouse.transforms.internal.sql;

import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.QueryProvider;
import org.apache.calcite.schema.SchemaPlus;
import org.beamlakehouse.transforms.internal.sql.type.ExpressionTypes;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What generated code may ask of its surroundings: that the time zone is UTC. It is public only
 * because the generated classes live in no package.
 */
public final class EvaluationContext implements DataContext {

  /** The only instance; it has no state. */
  public static final DataContext INSTANCE = new EvaluationContext();

  private EvaluationContext() {}

  @Override
  public @Nullable SchemaPlus getRootSchema() {
    return null;
  }

  @Override
  public JavaTypeFactory getTypeFactory() {
    return new ExpressionTypes();
  }

  @Override
  public @Nullable QueryProvider getQueryProvider() {
    return null;
  }

  @Override
  public @Nullable Object get(String name) {
    return name.equals(Variable.TIME_ZONE.camelName) ? java.util.TimeZone.getTimeZone("UTC") : null;
  }
}
