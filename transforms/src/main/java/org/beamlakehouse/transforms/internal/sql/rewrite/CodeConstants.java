package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;

/** Objects that generated code gets with each row: further inputs, behind the fields. */
public final class CodeConstants {
  private final RexBuilder rex;
  private final int fields;
  private final List<Object> values = new ArrayList<>();

  public CodeConstants(RexBuilder rex, int fields) {
    this.rex = rex;
    this.fields = fields;
  }

  /** The input that is the object. */
  RexNode add(Object value) {
    values.add(value);
    return new RexInputRef(fields + values.size() - 1, type());
  }

  /** The type of such an input. */
  public RelDataType type() {
    return rex.getTypeFactory().createSqlType(SqlTypeName.ANY);
  }

  /** The objects, in the order of their inputs. */
  public List<Object> values() {
    return List.copyOf(values);
  }
}
