package org.beamlakehouse.transforms.internal.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.beamlakehouse.transforms.table.Column;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds of which part of an expression the libraries could make nothing: the innermost call that
 * does not compile on its own either. Its operator, the types of its operands and its place are
 * what an author can act on, whatever was thrown.
 */
final class FailedPart {
  /** Looking for it takes time with the square of the calls. */
  private static final int MAX_CALLS = 100;

  private final String sql;
  private final List<Column> fields;

  FailedPart(String sql, List<Column> fields) {
    this.sql = sql;
    this.fields = fields;
  }

  /** One clear line about what was thrown when the whole was compiled. */
  IllegalArgumentException explain(Throwable error) {
    if (CompileError.isTooLong(error)) {
      return ExpressionParser.tooDeep(sql);
    }
    CompileError whole = CompileError.of(error);
    if (whole.reason() != null && whole.position() != null) {
      return ExpressionParser.failure(sql, whole.reason(), whole.position());
    }
    int calls = calls().size();
    for (int i = 0; i < calls && calls <= MAX_CALLS; i++) {
      // Compiling changes the tree.
      SqlCall part = calls().get(i);
      CompileError inPart = attempt(part);
      if (inPart != null) {
        return ExpressionParser.failure(
            sql, inPart.reasonOr(describe(calls().get(i))), part.getParserPosition());
      }
    }
    return ExpressionParser.failure(
        sql,
        whole.reasonOr("the types of its parts do not go together; CAST them"),
        whole.position());
  }

  /** What the libraries throw for a part on its own; null where they do not. */
  private @Nullable CompileError attempt(SqlNode part) {
    try {
      ExpressionCompiler.compilePart(part, sql, fields);
      return null;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      return CompileError.isTold(e) ? null : CompileError.of(e);
    }
  }

  /** The calls of the text, those inside others before them. */
  private List<SqlCall> calls() {
    List<SqlCall> calls = new ArrayList<>();
    ExpressionParser.parse(sql)
        .accept(
            new SqlBasicVisitor<@Nullable Void>() {
              @Override
              public @Nullable Void visit(SqlCall call) {
                super.visit(call);
                calls.add(call);
                return null;
              }
            });
    return calls;
  }

  private String describe(SqlCall call) {
    List<String> operands = new ArrayList<>();
    addTypes(call.getOperandList(), operands);
    String name = call.getOperator().getName();
    if (operands.isEmpty()) {
      return name + " needs arguments";
    }
    if (call.getKind() == SqlKind.CAST || call.getKind() == SqlKind.SAFE_CAST) {
      return String.format("%s does not turn %s", name, String.join(" into ", operands));
    }
    return String.format(
        "%s does not take (%s); CAST what has another type than it takes",
        name, String.join(", ", operands));
  }

  private void addTypes(List<SqlNode> operands, List<String> types) {
    for (SqlNode operand : operands) {
      if (operand instanceof SqlNodeList list) {
        addTypes(list.getList(), types);
      } else if (operand instanceof SqlDataTypeSpec || operand instanceof SqlIntervalQualifier) {
        types.add(operand.toString());
      } else if (operand != null && !isSymbol(operand)) {
        types.add(type(operand));
      }
    }
  }

  /** Words of the syntax, as in {@code TRIM(BOTH …)}. */
  private static boolean isSymbol(SqlNode operand) {
    return operand instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.SYMBOL;
  }

  private String type(SqlNode operand) {
    try {
      return ExpressionCompiler.describe(operand, sql, fields);
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      return "a value without a type of its own";
    }
  }
}
