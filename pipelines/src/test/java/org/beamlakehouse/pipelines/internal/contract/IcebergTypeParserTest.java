package org.beamlakehouse.pipelines.internal.contract;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IcebergTypeParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "long | long",
        "LONG | long",
        " decimal( 10 , 2 ) | decimal(10,2)",
        "fixed[16] | fixed(16)",
        "fixed(16) | fixed(16)",
        "list<string> | list<string>",
        "map< string , map<int,double>> | map<string,map<int,double>>",
        "struct<a:int,Bc:list<struct<d:uuid>>> | struct<a:int,Bc:list<struct<d:uuid>>>",
      })
  void readsIcebergsNames(String text, String expected) {
    assertThat(IcebergTypeParser.parse(text).toString(), is(expected));
  }

  @ParameterizedTest
  @EnumSource(
      value = ColumnType.Kind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DECIMAL", "FIXED", "LIST", "MAP", "STRUCT"})
  void readsEverySimpleKind(ColumnType.Kind kind) {
    assertThat(IcebergTypeParser.parse(kind.name()).kind(), is(kind));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | cannot read the type '': expected a type name at character 1",
        "strin | unknown type 'strin'; did you mean 'string'?",
        "decimal | cannot read the type 'decimal': expected '(' at character 8",
        "decimal(a,2) | cannot read the type 'decimal(a,2)': 'a' is not a number at character 10",
        "decimal(10,11) | Cannot use decimal(10,11): precision is 1 to 38 and scale 0 to precision",
        "fixed(0) | Cannot use fixed(0): the length is at least 1",
        "fixed[8) | cannot read the type 'fixed[8)': expected ']' at character 8",
        "list<int | cannot read the type 'list<int': expected '>' at character 9",
        "struct<> | cannot read the type 'struct<>': expected a field name at character 8",
        "struct<a:int,a:int> | cannot read the type 'struct<a:int,a:int>': the field a is there"
            + " twice at character 16",
        "int x | cannot read the type 'int x': nothing may follow the type at character 5",
        "variant | the type 'variant' is not supported",
        "timestamp_ns | the type 'timestamp_ns' is not supported; use timestamp",
      })
  void saysWhatItCannotRead(String text, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> IcebergTypeParser.parse(text));
    assertThat(e.getMessage(), is(message));
  }

  @Test
  void whatATypePrintsIsReadAgain() {
    ColumnType type = IcebergTypeParser.parse("struct<a:map<string,decimal(9,1)>,b:fixed(3)>");
    assertThat(IcebergTypeParser.parse(type.toString()), is(type));
  }
}
