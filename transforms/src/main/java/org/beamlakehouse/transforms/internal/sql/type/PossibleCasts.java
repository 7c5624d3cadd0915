package org.beamlakehouse.transforms.internal.sql.type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;

/**
 * Casts operands of different types as Calcite does, but to no type that they cannot be cast to.
 * Calcite only asserts that it does not: with assertions it would throw an error, and without them
 * compare a decimal with a boolean.
 */
public final class PossibleCasts extends TypeCoercionImpl {

  public PossibleCasts(RelDataTypeFactory types, SqlValidator validator) {
    super(types, validator);
  }

  @Override
  protected boolean needToCast(
      SqlValidatorScope scope, SqlNode node, RelDataType toType, SqlTypeMappingRule mapping) {
    RelDataType fromType = validator.deriveType(scope, node);
    return SqlTypeUtil.canCastFrom(toType, fromType, mapping)
        && super.needToCast(scope, node, toType, mapping);
  }
}
