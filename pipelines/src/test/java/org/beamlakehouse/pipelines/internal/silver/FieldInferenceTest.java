package org.beamlakehouse.pipelines.internal.silver;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.util.Map;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldInferenceTest {
  private final FieldInference found =
      new FieldInference(
          TableDefinition.builder()
              .name("silver.t")
              .columns(Column.of("id", ColumnType.LONG))
              .keyColumns("id")
              .build());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"f":true}             | boolean
          {"f":1} {"f":null}     | long
          {"f":true} {"f":1}     | long
          {"f":1.5} {"f":1}      | double
          {"f":"x"} {"f":1.5}    | string
          {"f":1} {"f":{"g":1}}  | binary
          {"f":[]} {"f":"x"}     | binary
          {"f":9223372036854775808} | binary
          """)
  void theWidestTypeCounts(String records, String type) {
    for (String record : records.strip().split("(?<=}) (?=\\{)")) {
      found.look(event(record), table -> true);
    }
    assertThat(found.types().get("f").toString(), is(type));
  }

  @Test
  void nullAndNamesThatNoColumnCanHaveAreNoFields() {
    found.look(
        event("{\"f\":null,\"_f\":1,\"ID\":1,\"a.b\":1,\"valid_from\":1,\"Row_Hash\":1}"),
        table -> true);
    assertThat(found.types(), is(Map.of()));
  }

  @Test
  void aFieldThatItsRecordDoesNotAcceptMakesNoColumn() {
    found.look(event("{\"f\":1,\"g\":1}"), table -> table.indexOf("f") < 0);
    found.look(event("{\"f\":\"x\"}"), table -> true);
    assertThat(found.types(), is(Map.of("f", FieldInference.NO_COLUMN, "g", ColumnType.LONG)));
  }

  private static ChangeEvent event(String rescued) {
    return ChangeEvent.builder()
        .table("silver.t")
        .operation(Operation.READ)
        .sequence(Sequence.of(1))
        .eventTime(Instant.EPOCH)
        .validTime(Instant.EPOCH)
        .ingestedAt(Instant.EPOCH)
        .rescuedData(rescued)
        .build();
  }
}
