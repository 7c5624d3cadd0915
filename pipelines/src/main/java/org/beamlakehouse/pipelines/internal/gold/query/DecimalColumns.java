package org.beamlakehouse.pipelines.internal.gold.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.fun.SqlLibraryOperatorTableFactory;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.util.Optionality;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The scales of a query's decimal columns. A Beam schema does not know them, so the query is typed
 * once more with Calcite, where the input columns have theirs.
 */
final class DecimalColumns {
  private static final int PRECISION = 38;

  /** Digits that an average has beyond those of its argument. */
  private static final int AVERAGE_DIGITS = 4;

  private static final RelDataTypeSystem TYPES =
      new RelDataTypeSystemImpl() {
        @Override
        public int getMaxNumericPrecision() {
          return PRECISION;
        }

        @Override
        public int getMaxPrecision(SqlTypeName type) {
          return type == SqlTypeName.DECIMAL ? PRECISION : super.getMaxPrecision(type);
        }

        @Override
        public int getMaxScale(SqlTypeName type) {
          return type == SqlTypeName.DECIMAL ? PRECISION : super.getMaxScale(type);
        }

        @Override
        public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
          return argument.getSqlTypeName() == SqlTypeName.DECIMAL
              ? factory.createTypeWithNullability(
                  factory.createSqlType(
                      SqlTypeName.DECIMAL, PRECISION, argument.getScale() + AVERAGE_DIGITS),
                  true)
              : super.deriveAvgAggType(factory, argument);
        }
      };

  private DecimalColumns() {}

  /**
   * Types of the decimal columns by name. Empty where the query uses functions that only Beam SQL
   * knows; decimals then get the default scale.
   */
  static Map<String, ColumnType> of(GoldSql sql) {
    Map<String, ColumnType> decimals = new LinkedHashMap<>();
    try {
      for (RelDataTypeField field : rowType(sql).getFieldList()) {
        if (field.getType().getSqlTypeName() == SqlTypeName.DECIMAL) {
          int scale = Math.max(0, Math.min(field.getType().getScale(), PRECISION / 2));
          decimals.put(field.getName(), ColumnType.decimal(PRECISION, scale));
        }
      }
    } catch (SqlParseException | CalciteException e) {
      return Map.of();
    }
    return decimals;
  }

  private static RelDataType rowType(GoldSql sql) throws SqlParseException {
    JavaTypeFactoryImpl types = new JavaTypeFactoryImpl(TYPES);
    CalciteSchema root = CalciteSchema.createRootSchema(false);
    for (TableDefinition definition : sql.definitions().values()) {
      root.add(TableReferences.flatName(definition.name()), new Input(definition));
    }
    CalciteCatalogReader catalog =
        new CalciteCatalogReader(
            root, List.of(), types, new CalciteConnectionConfigImpl(new Properties()));
    SqlOperatorTable operators =
        SqlOperatorTables.chain(
            SqlLibraryOperatorTableFactory.INSTANCE.getOperatorTable(
                SqlLibrary.STANDARD, SqlLibrary.BIG_QUERY),
            SqlOperatorTables.of(new CountDistinctFunction()));
    SqlNode query =
        SqlParser.create(sql.references().flattened(), TableReferences.PARSER).parseQuery();
    SqlValidator validator =
        SqlValidatorUtil.newValidator(
            operators, catalog, types, SqlValidator.Config.DEFAULT.withIdentifierExpansion(true));
    return validator.getValidatedNodeType(validator.validate(query));
  }

  private static final class CountDistinctFunction extends SqlAggFunction {
    CountDistinctFunction() {
      super(
          CountDistinct.NAME,
          null,
          SqlKind.OTHER_FUNCTION,
          ReturnTypes.BIGINT,
          null,
          OperandTypes.ANY,
          SqlFunctionCategory.USER_DEFINED_FUNCTION,
          false,
          false,
          Optionality.FORBIDDEN);
    }
  }

  /** An input table as the validator sees it. */
  private static final class Input extends AbstractTable {
    private final TableDefinition definition;

    Input(TableDefinition definition) {
      this.definition = definition;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
      List<RelDataType> columnTypes = new ArrayList<>();
      List<String> names = new ArrayList<>();
      for (Column column : definition.storedColumns()) {
        names.add(column.name());
        columnTypes.add(factory.createTypeWithNullability(type(factory, column.type()), true));
      }
      return factory.createStructType(columnTypes, names);
    }

    private static RelDataType type(RelDataTypeFactory factory, ColumnType type) {
      return switch (type.kind()) {
        case BOOLEAN -> factory.createSqlType(SqlTypeName.BOOLEAN);
        case INT -> factory.createSqlType(SqlTypeName.INTEGER);
        case LONG -> factory.createSqlType(SqlTypeName.BIGINT);
        case FLOAT -> factory.createSqlType(SqlTypeName.REAL);
        case DOUBLE -> factory.createSqlType(SqlTypeName.DOUBLE);
        case DECIMAL -> factory.createSqlType(SqlTypeName.DECIMAL, type.precision(), type.scale());
        case DATE -> factory.createSqlType(SqlTypeName.DATE);
        case TIME -> factory.createSqlType(SqlTypeName.TIME);
        case TIMESTAMP, TIMESTAMPTZ -> factory.createSqlType(SqlTypeName.TIMESTAMP);
        case STRING, UUID -> factory.createSqlType(SqlTypeName.VARCHAR);
        case BINARY, FIXED -> factory.createSqlType(SqlTypeName.VARBINARY);
        case LIST -> factory.createArrayType(type(factory, type.element()), -1);
        case MAP -> factory.createMapType(type(factory, type.key()), type(factory, type.value()));
        case STRUCT ->
            factory.createStructType(
                type.fields().stream().map(f -> type(factory, f.type())).toList(),
                type.fields().stream().map(ColumnType.Field::name).toList());
      };
    }
  }
}
