package org.beamlakehouse.transforms.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TableDefinitionTest {
  @Test
  void aDefinitionStaysAsItIsWhateverBecomesOfTheListsItWasMadeOf() {
    List<Column> columns =
        new ArrayList<>(
            List.of(Column.of("id", ColumnType.LONG), Column.of("v", ColumnType.STRING)));
    List<String> keys = new ArrayList<>(List.of("id"));
    List<String> tracked = new ArrayList<>(List.of("v"));
    Set<String> ignored = new LinkedHashSet<>(List.of("v", "id"));
    Map<String, String> properties = new LinkedHashMap<>(Map.of("a", "b"));
    TableDefinition table =
        TableDefinition.builder()
            .name("silver.t")
            .columns(columns)
            .keyColumns(keys)
            .trackedColumns(tracked)
            .ignoreNullColumns(ignored)
            .tableProperties(properties)
            .build();
    columns.clear();
    keys.clear();
    tracked.clear();
    ignored.clear();
    properties.clear();
    assertThat(table.rowSchema().getFieldNames(), contains("id", "v"));
    assertThat(table.keyColumns(), contains("id"));
    assertThat(table.trackedColumns(), contains("v"));
    assertThat("in their order", table.ignoreNullColumns(), contains("v", "id"));
    assertThat(table.tableProperties(), equalTo(Map.of("a", "b")));
    assertThrows(UnsupportedOperationException.class, () -> table.columns().clear());
  }
}
