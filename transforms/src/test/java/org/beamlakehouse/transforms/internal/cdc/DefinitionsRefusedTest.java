package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;

/** Table definitions that records of a format cannot be parsed for. */
class DefinitionsRefusedTest {
  private final TableDefinition.Builder table =
      TableDefinition.builder()
          .name("silver.t")
          .columns(Column.of("id", ColumnType.LONG), Column.of("flag", ColumnType.BOOLEAN))
          .keyColumns("id");

  @Test
  void historyOfPlainRecordsNeedsAnOrder() {
    table.storage(StorageType.HISTORY);
    assertRefused(RecordFormat.JSON, "name the columns that order them in sequenceBy");
  }

  @Test
  void columnWithoutAnOrderOrdersNothing() {
    table.sequenceBy("flag");
    assertRefused(RecordFormat.JSON, "its type boolean has no order");
  }

  @Test
  void declaredTypeWithoutAnOrderOrdersNothing() {
    table.sequenceBy("rev").sequenceTypes(Map.of("rev", ColumnType.BINARY));
    assertRefused(RecordFormat.DEBEZIUM_JSON, "its type binary has no order");
  }

  @Test
  void envelopeLeavesNoDeletesToFind() {
    table.applyAsDeletes("op = 'D'");
    assertRefused(RecordFormat.DEBEZIUM_JSON, "remove applyAsDeletes and applyAsTruncates");
  }

  @Test
  void envelopeLeavesNoExtractsToCompare() {
    table.input(InputKind.SNAPSHOTS).sequenceBy("id");
    assertRefused(RecordFormat.DEBEZIUM_JSON, "use plain json records");
  }

  @Test
  void sqlThatDoesNotParse() {
    table.applyAsDeletes("op = ");
    assertRefused(RecordFormat.JSON, "Cannot compile 'op = '");
  }

  private void assertRefused(RecordFormat format, String message) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> RecordParser.of(format, List.of(table.build())));
    assertThat(refused.getMessage(), containsString(message));
  }
}
