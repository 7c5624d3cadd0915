package org.beamlakehouse.transforms.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.logicaltypes.EnumerationType;
import org.apache.beam.sdk.schemas.logicaltypes.FixedString;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
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

  @Test
  void theSchemaOfEveryTypeGivesItsColumnsBack() {
    ColumnType struct =
        ColumnType.struct(List.of(new ColumnType.Field("x", ColumnType.decimal(5, 2), true)));
    List<Column> columns =
        List.of(
            Column.of("boolean", ColumnType.BOOLEAN),
            Column.of("int", ColumnType.INT),
            Column.of("long", ColumnType.LONG),
            Column.of("float", ColumnType.FLOAT),
            Column.of("double", ColumnType.DOUBLE),
            Column.of("decimal", ColumnType.decimal(38, 0)),
            Column.of("date", ColumnType.DATE),
            Column.of("time", ColumnType.TIME),
            Column.of("timestamp", ColumnType.TIMESTAMP),
            Column.of("timestamptz", ColumnType.TIMESTAMPTZ),
            Column.of("string", ColumnType.STRING),
            Column.of("uuid", ColumnType.UUID),
            Column.of("binary", ColumnType.BINARY),
            Column.of("fixed", ColumnType.fixed(3)),
            Column.of("list", ColumnType.list(struct)),
            Column.of("map", ColumnType.map(ColumnType.STRING, struct)),
            Column.of("struct", struct));
    TableDefinition table =
        TableDefinition.builder().name("t").columns(columns).keyColumns("int").build();
    assertThat(Column.ofSchema(table.rowSchema()), equalTo(columns));
  }

  @Test
  void fieldsOfASchemaAreRequiredOrWidenedOrRefused() {
    Schema schema =
        Schema.builder()
            .addByteField("byte")
            .addNullableField("short", Schema.FieldType.INT16)
            .addDateTimeField("datetime")
            .addLogicalTypeField("text", FixedString.of(3))
            .build();
    assertThat(
        Column.ofSchema(schema),
        contains(
            Column.required("byte", ColumnType.INT),
            Column.of("short", ColumnType.INT),
            Column.required("datetime", ColumnType.TIMESTAMPTZ),
            Column.required("text", ColumnType.STRING)));
    for (Schema lossy :
        List.of(
            Schema.builder().addDecimalField("price").build(),
            Schema.builder().addLogicalTypeField("price", new NanosInstant()).build(),
            Schema.builder()
                .addArrayField("price", Schema.FieldType.logicalType(EnumerationType.create("a")))
                .build())) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> Column.ofSchema(lossy));
      assertThat(e.getMessage(), containsString("the field 'price'"));
    }
  }
}
