package org.beamlakehouse.transforms.internal.sql.type;

import java.math.RoundingMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * Column types as Calcite types and back.
 *
 * <p>There is no CHAR and no BINARY: literals and casts to them are VARCHAR and VARBINARY, so that
 * nothing is ever padded. Texts are UTF-8. Decimals have up to 38 digits and round half up; times
 * have microseconds.
 */
public final class ExpressionTypes extends JavaTypeFactoryImpl {

  static final int MAX_DECIMAL_DIGITS = 38;
  public static final int TIME_DIGITS = 6;

  private static final RelDataTypeSystem SYSTEM =
      new RelDataTypeSystemImpl() {
        @Override
        public int getMaxPrecision(SqlTypeName type) {
          return switch (type) {
            case DECIMAL -> MAX_DECIMAL_DIGITS;
            case TIME, TIMESTAMP -> TIME_DIGITS;
            default -> super.getMaxPrecision(type);
          };
        }

        @Override
        public int getMaxScale(SqlTypeName type) {
          return type == SqlTypeName.DECIMAL ? MAX_DECIMAL_DIGITS : super.getMaxScale(type);
        }

        @Override
        public int getDefaultPrecision(SqlTypeName type) {
          return switch (type) {
            case DECIMAL -> MAX_DECIMAL_DIGITS;
            case TIME, TIMESTAMP -> TIME_DIGITS;
            default -> super.getDefaultPrecision(type);
          };
        }

        @Override
        @SuppressWarnings("deprecation") // Calcite's own derivation of decimals still asks for it
        public int getMaxNumericPrecision() {
          return MAX_DECIMAL_DIGITS;
        }

        @Override
        @SuppressWarnings("deprecation") // Calcite's own derivation of decimals still asks for it
        public int getMaxNumericScale() {
          return MAX_DECIMAL_DIGITS;
        }

        @Override
        public RoundingMode roundingMode() {
          return RoundingMode.HALF_UP;
        }

        @Override
        public boolean shouldConvertRaggedUnionTypesToVarying() {
          return true;
        }
      };

  public ExpressionTypes() {
    super(SYSTEM);
  }

  @Override
  public RelDataType createSqlType(SqlTypeName type) {
    return super.createSqlType(varying(type));
  }

  @Override
  public RelDataType createSqlType(SqlTypeName type, int precision) {
    return super.createSqlType(varying(type), precision);
  }

  @Override
  public Charset getDefaultCharset() {
    return StandardCharsets.UTF_8;
  }

  private static SqlTypeName varying(SqlTypeName type) {
    return switch (type) {
      case CHAR -> SqlTypeName.VARCHAR;
      case BINARY -> SqlTypeName.VARBINARY;
      default -> type;
    };
  }

  /** The nullable Calcite type of a column type's values, or null where there is none. */
  public RelDataType toCalcite(ColumnType type) {
    RelDataType result =
        switch (type.kind()) {
          case BOOLEAN -> createSqlType(SqlTypeName.BOOLEAN);
          case INT -> createSqlType(SqlTypeName.INTEGER);
          case LONG -> createSqlType(SqlTypeName.BIGINT);
          case FLOAT -> createSqlType(SqlTypeName.REAL);
          case DOUBLE -> createSqlType(SqlTypeName.DOUBLE);
          case DECIMAL -> createSqlType(SqlTypeName.DECIMAL, type.precision(), type.scale());
          case DATE -> createSqlType(SqlTypeName.DATE);
          case TIME -> createSqlType(SqlTypeName.TIME, TIME_DIGITS);
          case TIMESTAMP, TIMESTAMPTZ -> createSqlType(SqlTypeName.TIMESTAMP, TIME_DIGITS);
          case STRING, UUID -> createSqlType(SqlTypeName.VARCHAR);
          case BINARY, FIXED -> createSqlType(SqlTypeName.VARBINARY);
          case LIST -> {
            RelDataType element = toCalcite(type.element());
            yield element == null ? null : createArrayType(element, -1);
          }
          case MAP -> {
            RelDataType key = toCalcite(type.key());
            RelDataType value = toCalcite(type.value());
            yield key == null || value == null ? null : createMapType(key, value);
          }
          case STRUCT -> null;
        };
    return result == null ? null : createTypeWithNullability(result, true);
  }

  /** The column type of a Calcite type's values, or null where there is none. */
  public static ColumnType toColumn(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case BOOLEAN -> ColumnType.BOOLEAN;
      case TINYINT, SMALLINT, INTEGER -> ColumnType.INT;
      case BIGINT -> ColumnType.LONG;
      case REAL -> ColumnType.FLOAT;
      case FLOAT, DOUBLE -> ColumnType.DOUBLE;
      case DECIMAL -> {
        int scale = Math.max(0, type.getScale());
        int precision = Math.max(Math.max(1, scale), type.getPrecision());
        yield ColumnType.decimal(Math.min(MAX_DECIMAL_DIGITS, precision), scale);
      }
      case CHAR, VARCHAR, NULL -> ColumnType.STRING;
      case BINARY, VARBINARY -> ColumnType.BINARY;
      case DATE -> ColumnType.DATE;
      case TIME -> ColumnType.TIME;
      case TIMESTAMP -> ColumnType.TIMESTAMP;
      case ARRAY -> {
        ColumnType element = toColumn(type.getComponentType());
        yield element == null ? null : ColumnType.list(element);
      }
      case MAP -> {
        ColumnType key = toColumn(type.getKeyType());
        ColumnType value = toColumn(type.getValueType());
        yield key == null || value == null ? null : ColumnType.map(key, value);
      }
      default -> null;
    };
  }

  /** A type in the words of columns as far as it goes, for messages. */
  public static String words(RelDataType type) {
    ColumnType column = type.getSqlTypeName() == SqlTypeName.NULL ? null : toColumn(type);
    return column == null
        ? type.getSqlTypeName().getName().toLowerCase(Locale.ROOT).replace('_', ' ')
        : column.toString();
  }

  /** True for the types that expressions compute with in microseconds. */
  public static boolean isTemporal(RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.TIMESTAMP
        || type.getSqlTypeName() == SqlTypeName.TIME;
  }
}
