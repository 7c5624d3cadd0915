package org.beamlakehouse.transforms.internal.sql;

import static org.beamlakehouse.transforms.internal.sql.SqlExpressionTest.FIELDS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What expressions say where they cannot be compiled or evaluated. */
class SqlExpressionErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          amount >                   | the expression ends too early
          amount > > 1               | '> >' is not expected here at line 1, column 8
          (amount > 1                | the expression ends too early
          amount > 1 FROM t          | 'FROM' is not expected here at line 1, column 12
          order > 1                  | order is a reserved word (a column of that name needs double quotes: "order") at line 1, column 1
          qty > 1 AND date > '2024-01-01' | (a column of that name needs double quotes: "date")
          status = 'PAID             | a text has no closing quote (')
          amuont > 1                 | no field amuont; known are status, city, digits,
          qty = 1 OR nope = 2        | no field nope; known are
          Status = 'PAID'            | no field Status; names are case-sensitive, did you mean status at line 1, column 1
          address.town = 'x'         | no field town in address.town; it has [city, zip, geo] at line 1, column 1
          status.x = 'x'             | status has no fields, its type is string
          address IS NULL            | address is a struct; name one of its fields, for example address.city
          flag > DATE '2024-01-01'   | Cannot apply '>' to arguments of type '<BOOLEAN> > <DATE>'
          amount = TRUE              | Cannot apply '=' to arguments of type '<DECIMAL
          FALSE <> ratio             | Cannot apply '<>' to arguments of type '<BOOLEAN> <> <DOUBLE>'
          ratio IN (TRUE)            | IN
          qty + flag                 | Cannot apply '+' to arguments of type '<INTEGER> + <BOOLEAN>'
          NOSUCH(qty)                | there is no function NOSUCH
          born > '2024-13-01'        | a text is not a date or time
          created > 'yesterday'      | a text is not a date or time
          SUM(qty) > 1               | SUM computes over many rows, an expression sees one at line 1, column 1
          ROW_NUMBER() OVER (ORDER BY qty) | computes over many rows
          (SELECT 1)                 | a row expression cannot query
          qty IN (SELECT qty FROM t) | a row expression cannot query
          EXISTS (SELECT 1)          | a row expression cannot query
          created < CURRENT_TIMESTAMP | CURRENT_TIMESTAMP is not the same in every run
          RAND() < 0.5               | RAND is not the same in every run
          qty = ?                    | parameters (?) have no value here
          INTERVAL '1' DAY           | is no type of a column
          REGEXP_LIKE(city, '(')     | '(' is not a pattern: missing closing ): (
          qty = 1; qty = 2           | is not expected here
          *                          | is not expected here
          EXTRACT(YEAR FROM opens) = 1 | EXTRACT does not take (YEAR, time); CAST what has another type than it takes at line 1, column 1
          qty > 1 AND LAST_DAY(NULL) > born | LAST_DAY does not take (null); CAST what has another type than it takes at line 1, column 13
          REGEXP_LIKE(city, X'00')   | REGEXP_LIKE does not take (string, binary)
          REGEXP_LIKE(bytes, 'x')    | REGEXP_LIKE does not take (binary, string)
          TIMESTAMPADD(MICROSECOND, 1, born) | TIMESTAMPADD does not take (MICROSECOND, int, date)
          CONCAT(bytes, city) = 'x'  | CONCAT does not take (binary, string)
          CAST(ratio AS BOOLEAN)     | CAST does not turn double into BOOLEAN
          JSON_EXISTS(qty, 'lax $.a') | JSON_EXISTS does not take (int, string)
          FLOOR(NULL TO YEAR) = born | FLOOR does not take (null, YEAR)
          NVL(status, qty) = 1       | NVL does not take (string, int)
          COALESCE(amount, flag) IS NULL | COALESCE does not take (decimal(10,2), boolean)
          COALESCE() = 1             | COALESCE needs arguments
          qty IN (born)              | IN does not take (int, date)
          CAST(attributes AS INTEGER) = 1 | CAST does not turn map<string,string> into INTEGER at line 1, column 1
          CAST(qty AS money)         | there is no type money
          SUBSTRNG(city, 1) = 'x'    | there is no function SUBSTRNG (did you mean SUBSTRING?); docs/sql.md lists those there are at line 1, column 1
          X'0' = bytes               | must contain an even number
          CEIL(qty, 1) > 1           | ',' is not expected here
          CAST(opens AS TIMESTAMP)   | CAST the timestamp AS TIME instead at line 1, column 1
          """)
  void namesTheReasonAndThePlace(String sql, String reason) {
    var error = assertThrows(IllegalArgumentException.class, () -> SqlExpression.of(sql, FIELDS));

    assertThat(
        error.getMessage().toLowerCase(java.util.Locale.ROOT),
        containsString(reason.toLowerCase(java.util.Locale.ROOT)));
    assertThat(error.getMessage(), containsString("Cannot compile '" + sql + "': "));
    assertThat(error.getMessage().endsWith("."), is(false));
  }

  @Test
  void namesTheLineOfTheError() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> SqlExpression.of("qty > 1\n  AND nope = 2", FIELDS));

    assertThat(error.getMessage(), containsString("at line 2, column 7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          qty / (qty - 7)            | division by zero
          amount / (amount - amount) | division by zero
          MOD(qty, qty - 7)          | division by zero
          qty * 2147483647           | a number is out of range
          big * big                  | a number is out of range
          CAST(big AS INTEGER)       | a number is out of range
          wide * 10                  | a number is out of range
          CAST(wide AS DECIMAL(5,2)) | a number is out of range
          CAST(status AS INTEGER)    | a text is not a number
          status > 5                 | a text is not a number
          CAST(status AS DATE)       | a text is not a date or time
          CAST(status AS TIMESTAMP)  | a text is not a date or time
          CAST(status AS BOOLEAN)    | a text is not true or false
          LN(qty - 7)                | a number is out of range
          OVERLAY(status PLACING 'x' FROM -1) | a position lies outside of a text
          """)
  void aRowWithoutResultIsAnErrorThatHoldsNoValue(String sql, String reason) {
    SqlExpression expression = SqlExpression.of(sql, FIELDS);

    var error =
        assertThrows(
            SqlEvaluationException.class, () -> expression.evaluate(SqlExpressionTest.FULL));

    assertThat(error.getMessage(), containsString("Cannot evaluate '" + sql + "': " + reason));
    assertThat(error.getMessage(), not(containsString("PAID")));
    assertThat(error.getCause(), is(nullValue()));
  }

  @Test
  void anExpressionTooLongForTheCompilerIsRefused() {
    String sql = "qty = 0" + " + qty".repeat(20_000);

    var error = assertThrows(IllegalArgumentException.class, () -> SqlExpression.of(sql, FIELDS));

    assertThat(error.getMessage(), containsString("it is nested too deeply or too long"));
  }

  @Test
  void moreCodeThanAMethodHoldsIsRefused() {
    String sql = "qty = 0" + " OR UPPER(status) || city = 'a' || city".repeat(800);

    var error = assertThrows(IllegalArgumentException.class, () -> SqlExpression.of(sql, FIELDS));

    assertThat(error.getMessage(), containsString("it is nested too deeply or too long"));
  }

  @Test
  void namesOfFieldsAreAskedForWithTheSameCare() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> SqlExpression.referencedFields("_nosuch'x' = city"));

    assertThat(error.getMessage(), containsString("Cannot compile '_nosuch'x' = city': "));
  }

  /** What is right is known only of compiled code; the type must not be told of wrong ones. */
  @Test
  void theTypeOfAnExpressionThatDoesNotCompileIsNotTold() {
    assertThrows(
        IllegalArgumentException.class,
        () -> SqlExpression.typeOf("CONCAT(bytes, city) = 'x'", FIELDS, null));
  }

  @Test
  void aWrongNumberOfValuesIsAnError() {
    SqlExpression expression = SqlExpression.of("qty", FIELDS);

    assertThrows(IllegalArgumentException.class, () -> expression.evaluate(new Object[] {1}));
  }

  @Test
  void referencedFieldsAreThoseWrittenAndNeedNoTypes() {
    assertThat(
        SqlExpression.referencedFields(
            "UPPER(after.status) = 'X' AND \"order\" > 1 OR CAST(a AS DATE) < b AND a = 1"),
        contains("after.status", "order", "a", "b"));
    assertThrows(IllegalArgumentException.class, () -> SqlExpression.referencedFields("a = = 1"));
    assertThrows(
        IllegalArgumentException.class, () -> SqlExpression.referencedFields("a IN (SELECT 1)"));
  }

  @Test
  void aTypeThatExpressionsCannotReadIsNamed() {
    ColumnType struct =
        ColumnType.struct(List.of(new ColumnType.Field("a", ColumnType.INT, false)));
    List<Column> fields = List.of(Column.of("items", ColumnType.list(struct)));

    var error =
        assertThrows(
            IllegalArgumentException.class, () -> SqlExpression.of("items IS NULL", fields));

    assertThat(
        error.getMessage(),
        containsString("items has type list<struct<a:int>>, which expressions cannot read"));
  }
}
