package org.beamlakehouse.transforms.internal.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.beamlakehouse.transforms.internal.sql.FieldBinder.Slot;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.internal.sql.rewrite.CheckedArithmetic;
import org.beamlakehouse.transforms.internal.sql.rewrite.CodeConstants;
import org.beamlakehouse.transforms.internal.sql.rewrite.MicrosecondRewriter;
import org.beamlakehouse.transforms.internal.sql.rewrite.PatternCalls;
import org.beamlakehouse.transforms.internal.sql.rewrite.ValueLists;
import org.beamlakehouse.transforms.internal.sql.type.ExpressionTypes;
import org.beamlakehouse.transforms.internal.sql.type.PossibleCasts;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Text to generated code: parse, bind fields, validate, convert, compute in microseconds, compile.
 */
final class ExpressionCompiler {

  private final String sql;
  private final List<Column> fields;
  private final @Nullable ColumnType target;
  private final ExpressionTypes types = new ExpressionTypes();
  private final RexBuilder rex = new RexBuilder(types);

  private ExpressionCompiler(String sql, List<Column> fields, @Nullable ColumnType target) {
    this.sql = sql;
    this.fields = fields;
    this.target = target;
  }

  /**
   * Compiles.
   *
   * @param target type the result is cast to, or null for the expression's own
   * @throws IllegalArgumentException naming the reason and the place in the text
   */
  static CompiledExpression compile(String sql, List<Column> fields, @Nullable ColumnType target) {
    ExpressionCompiler compiler = new ExpressionCompiler(sql, fields, target);
    try {
      return compiler.compile(ExpressionParser.parse(sql));
    } catch (StackOverflowError e) {
      throw ExpressionParser.tooDeep(sql);
    } catch (RuntimeException | AssertionError e) {
      // Calcite throws assertion errors for what it never thought of, with assertions on and off.
      if (CompileError.isTold(e)) {
        throw e;
      }
      throw new FailedPart(sql, fields).explain(e);
    }
  }

  /** The same for a part of the text; whatever the libraries throw is not caught. */
  static CompiledExpression compilePart(SqlNode part, String sql, List<Column> fields) {
    return new ExpressionCompiler(sql, fields, null).compile(part);
  }

  /** The type of a part of the text in words, also where it is no type of a column. */
  static String describe(SqlNode part, String sql, List<Column> fields) {
    ExpressionCompiler compiler = new ExpressionCompiler(sql, fields, null);
    FieldBinder binder = new FieldBinder(sql, fields);
    SqlNode bound = part.accept(binder);
    List<Slot> slots = binder.slots();
    RexNode node = compiler.convert(bound, compiler.inputs(slots, part));
    ColumnType type = columnType(node, slots);
    return type == null || node.getType().getSqlTypeName() == SqlTypeName.NULL
        ? ExpressionTypes.words(node.getType())
        : type.toString();
  }

  private CompiledExpression compile(SqlNode parsed) {
    Checked checked = check(parsed);
    return new CompiledExpression(
        sql,
        checked.type(),
        checked.slots(),
        checked.constants(),
        CodeGenerator.generate(checked.node(), checked.row(), rex, types));
  }

  /** An expression that is right, in microseconds. */
  private record Checked(
      RexNode node, RelDataType row, ColumnType type, List<Slot> slots, List<Object> constants) {}

  private Checked check(SqlNode parsed) {
    FieldBinder binder = new FieldBinder(sql, fields);
    SqlNode bound = parsed.accept(binder);
    List<Slot> slots = binder.slots();
    Map<String, RexNode> inputs = inputs(slots, parsed);
    RexNode node = convert(bound, inputs);
    ColumnType type = resultType(node, slots);
    if (target != null && !target.equals(type)) {
      node = cast(node, type, target);
      type = target;
    }
    CodeConstants constants = new CodeConstants(rex, slots.size());
    node = node.accept(new ValueLists(rex, constants));
    node = node.accept(new PatternCalls(rex, constants));
    MicrosecondRewriter rewriter = new MicrosecondRewriter(rex);
    RexNode rewritten = rewriter.rewrite(new CheckedArithmetic(rex).rewrite(node));
    RelDataTypeFactory.Builder row = types.builder();
    inputs.forEach((name, input) -> row.add(name, rewriter.rewritten(input.getType())));
    for (int i = 0; i < constants.values().size(); i++) {
      row.add("$constant" + i, constants.type());
    }
    return new Checked(rewritten, row.build(), type, slots, constants.values());
  }

  private Map<String, RexNode> inputs(List<Slot> slots, SqlNode parsed) {
    Map<String, RexNode> inputs = new LinkedHashMap<>();
    for (Slot slot : slots) {
      RelDataType type = types.toCalcite(slot.type());
      if (type == null) {
        throw ExpressionParser.failure(
            sql,
            String.format(
                "%s has type %s, which expressions cannot read",
                fields.get(slot.path().get(0)).name(), slot.type()),
            parsed.getParserPosition());
      }
      inputs.put(slot.name(), new RexInputRef(inputs.size(), type));
    }
    return inputs;
  }

  private RexNode convert(SqlNode bound, Map<String, RexNode> inputs) {
    Properties properties = new Properties();
    // Fields are bound by now; what is left to look up are functions, in any case.
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
    CalciteCatalogReader catalog =
        new CalciteCatalogReader(
            CalciteSchema.createRootSchema(false),
            List.of(),
            types,
            new CalciteConnectionConfigImpl(properties));
    SqlValidator validator =
        SqlValidatorUtil.newValidator(
            ExpressionFunctions.TABLE,
            catalog,
            types,
            SqlValidator.Config.DEFAULT
                .withConformance(SqlConformanceEnum.LENIENT)
                .withCallRewrite(true)
                .withTypeCoercionEnabled(true)
                .withTypeCoercionFactory(PossibleCasts::new));
    Map<String, RelDataType> names = new LinkedHashMap<>();
    inputs.forEach((name, input) -> names.put(name, input.getType()));
    SqlNode validated = validator.validateParameterizedExpression(bound, names);
    validated.accept(new ScalarCheck(sql));
    RelOptCluster cluster = RelOptCluster.create(new HepPlanner(HepProgram.builder().build()), rex);
    SqlToRelConverter converter =
        new SqlToRelConverter(
            (row, query, schema, view) -> null,
            validator,
            catalog,
            cluster,
            StandardConvertletTable.INSTANCE,
            SqlToRelConverter.config().withInSubQueryThreshold(Integer.MAX_VALUE));
    return converter.convertExpression(validated, inputs);
  }

  private ColumnType resultType(RexNode node, List<Slot> slots) {
    ColumnType type = columnType(node, slots);
    if (type == null) {
      throw ExpressionParser.failure(
          sql,
          String.format(
              "its result, %s, is no type of a column", ExpressionTypes.words(node.getType())),
          null);
    }
    return type;
  }

  /** Null where no column has such values. */
  private static @Nullable ColumnType columnType(RexNode node, List<Slot> slots) {
    ColumnType type = ExpressionTypes.toColumn(node.getType());
    if (type == null) {
      return null;
    }
    if (type.equals(ColumnType.TIMESTAMP) && yieldsZoned(node, slots)) {
      return ColumnType.TIMESTAMPTZ;
    }
    if (node instanceof RexInputRef input) {
      return slots.get(input.getIndex()).type();
    }
    return type;
  }

  /** A timestamp computed from any timestamptz is one. */
  private static boolean yieldsZoned(RexNode node, List<Slot> slots) {
    return RelOptUtil.InputFinder.bits(node).asList().stream()
        .anyMatch(index -> slots.get(index).type().kind() == Kind.TIMESTAMPTZ);
  }

  private RexNode cast(RexNode node, ColumnType from, ColumnType to) {
    RelDataType type = types.toCalcite(to);
    if (type == null || !assignable(node.getType(), type)) {
      throw ExpressionParser.failure(
          sql, String.format("it gives %s, which cannot become %s", from, to), null);
    }
    boolean same =
        node.getType().getSqlTypeName() == type.getSqlTypeName()
            && type.getSqlTypeName() != SqlTypeName.DECIMAL;
    return same ? node : rex.makeCast(type, node);
  }

  private static boolean assignable(RelDataType from, RelDataType to) {
    if (from.getSqlTypeName() == SqlTypeName.NULL) {
      return true;
    }
    boolean collections = SqlTypeUtil.isCollection(to) || SqlTypeUtil.isMap(to);
    return !collections && SqlTypeUtil.canCastFrom(to, from, true);
  }
}
