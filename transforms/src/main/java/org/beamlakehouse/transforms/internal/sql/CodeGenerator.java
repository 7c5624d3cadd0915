package org.beamlakehouse.transforms.internal.sql;

import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumUtils;
import org.apache.calcite.adapter.enumerable.RexToLixTranslator;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.BlockStatement;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.MemberDeclaration;
import org.apache.calcite.linq4j.tree.NewExpression;
import org.apache.calcite.linq4j.tree.ParameterExpression;
import org.apache.calcite.linq4j.tree.Shuttle;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexExecutable;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgramBuilder;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.util.BuiltInMethod;

/**
 * Compiles a checked expression to a class. After Calcite's {@code RexExecutorImpl}, with two
 * differences that make a row cheap: inputs are read from the array itself, and objects of
 * Calcite's function classes (which hold caches, as that of regular expressions) are made once, not
 * per row.
 */
final class CodeGenerator {

  private CodeGenerator() {}

  /** Code from an array of the row type's values to the value of the expression. */
  static Function1<Object[], Object> generate(
      RexNode node, RelDataType row, RexBuilder rex, JavaTypeFactory types) {
    RexProgramBuilder program = new RexProgramBuilder(row, rex);
    program.addProject(node, "result");
    ParameterExpression parameter = Expressions.parameter(Object.class, "values");
    ParameterExpression inputs = Expressions.parameter(Object[].class, "inputs");
    BlockBuilder body = new BlockBuilder();
    body.add(
        Expressions.declare(
            Modifier.FINAL, inputs, Expressions.convert_(parameter, Object[].class)));
    Expression result =
        RexToLixTranslator.translateProjects(
                program.getProgram(),
                types,
                SqlConformanceEnum.LENIENT,
                body,
                null,
                null,
                DataContext.ROOT,
                (list, index, storage) ->
                    EnumUtils.convert(
                        Expressions.arrayIndex(inputs, Expressions.constant(index)),
                        storage == null
                            ? types.getJavaClass(row.getFieldList().get(index).getType())
                            : storage),
                null)
            .get(0);
    body.add(Expressions.return_(null, Expressions.box(result)));
    FunctionObjects objects = new FunctionObjects();
    BlockStatement block = body.toBlock().accept(objects);
    String apply =
        Expressions.toString(
            Expressions.methodDecl(
                Modifier.PUBLIC,
                Object.class,
                BuiltInMethod.FUNCTION1_APPLY.method.getName(),
                List.of(parameter),
                block));
    return compile(objects.declarations() + apply);
  }

  /** Functions that are methods of objects: one object per class and expression. */
  private static final class FunctionObjects extends Shuttle {
    private final Map<String, String> fields = new LinkedHashMap<>();

    @Override
    public Expression visit(
        NewExpression call, List<Expression> arguments, List<MemberDeclaration> members) {
      String type = call.type instanceof Class<?> made ? made.getCanonicalName() : "";
      if (!arguments.isEmpty()
          || (members != null && !members.isEmpty())
          || !type.startsWith("org.apache.calcite.runtime.")) {
        return super.visit(call, arguments, members);
      }
      String name = fields.computeIfAbsent(type, any -> "FUNCTION" + fields.size());
      return Expressions.parameter(call.type, name);
    }

    String declarations() {
      StringBuilder text = new StringBuilder();
      text.append(
          String.format(
              "private static final %s %s = %s.INSTANCE;%n",
              DataContext.class.getName(),
              DataContext.ROOT.name,
              EvaluationContext.class.getName()));
      fields.forEach(
          (type, name) ->
              text.append(
                  String.format("private static final %s %s = new %s();%n", type, name, type)));
      return text.toString();
    }
  }

  @SuppressWarnings("unchecked") // the class is the one just generated
  private static Function1<Object[], Object> compile(String source) {
    return (Function1<Object[], Object>)
        (Function1<?, ?>) new RexExecutable(source, "an expression").getFunction();
  }
}
