package org.beamlakehouse.pipelines.internal.contract;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.FailWhen;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.beamlakehouse.transforms.table.UnknownFields;
import org.junit.jupiter.api.Test;

/** What contracts without mistakes are compiled to. */
class GoodContractsTest {
  private static List<Contract> read(String name) throws IOException, URISyntaxException {
    Path file = Path.of(GoodContractsTest.class.getResource("/contract/good/" + name).toURI());
    Problems problems = new Problems();
    List<Contract> contracts =
        new ContractReader(Map.of("cdc", "debezium-json", "events", "json"), problems)
            .read(name, Files.readString(file));
    assertThat(problems.all(), is(empty()));
    return contracts;
  }

  @Test
  void eachSchemaObjectIsATableWithItsPlace() throws Exception {
    List<Contract> contracts = read("everything.odcs.yaml");

    assertThat(
        contracts.stream().map(c -> c.table().name() + " " + c.file() + ":" + c.line()).toList(),
        contains(
            "silver.customers everything.odcs.yaml:39",
            "silver.orders everything.odcs.yaml:82",
            "silver.user_events everything.odcs.yaml:100",
            "silver.prices everything.odcs.yaml:113"));
    assertThat(contracts.get(0).id(), is("shop-contract"));
  }

  @Test
  void historyTable() throws Exception {
    TableDefinition table = read("everything.odcs.yaml").get(0).table();

    assertThat(
        table.columns(),
        contains(
            Column.required("region", ColumnType.STRING),
            Column.required("customer_id", ColumnType.LONG),
            Column.required("city", ColumnType.STRING).toBuilder()
                .sourceField("address.city")
                .build(),
            Column.of("visits", ColumnType.INT),
            Column.of("upper_city", ColumnType.STRING).toBuilder()
                .expression("UPPER(city)")
                .build(),
            Column.of("changed", ColumnType.TIMESTAMP)));
    assertThat(table.keyColumns(), contains("customer_id", "region"));
    assertThat(table.source(), is("cdc"));
    assertThat(table.sourceTable(), is("public.customers"));
    assertThat(table.storage(), is(StorageType.HISTORY));
    assertThat(
        table.sequenceBy(), contains("changed", "version", "source.scn", "source.change_lsn"));
    assertThat(
        table.sequenceTypes(),
        is(
            Map.of(
                "version",
                ColumnType.decimal(20, 0),
                "source.scn",
                ColumnType.LONG,
                "source.change_lsn",
                ColumnType.STRING)));
    assertThat(table.validTimeType(), is(ColumnType.TIMESTAMP));
    assertThat(table.trackedColumns(), contains("city", "upper_city", "changed"));
    assertThat(table.unknownFields(), is(UnknownFields.QUARANTINE));
    assertThat(table.deletes(), is(DeleteMode.SOFT));
  }

  @Test
  void latestTable() throws Exception {
    TableDefinition table = read("everything.odcs.yaml").get(1).table();

    assertThat(table.storage(), is(StorageType.LATEST));
    assertThat(table.sourceTable(), is("orders"));
    assertThat(table.sequenceBy(), contains("seq"));
    assertThat(table.sequenceType("seq"), is(ColumnType.TIMESTAMPTZ));
    assertThat(table.deletes(), is(DeleteMode.HARD));
    assertThat(table.applyAsDeletes(), is("op = 'DELETE'"));
    assertThat(table.applyAsTruncates(), is("op = 'TRUNCATE'"));
    assertThat(table.ignoreNullColumns(), containsInAnyOrder("status", "amount"));
    assertThat(
        table.partitionBy(), contains("bucket(8, order_id)", "truncate(2, status)", "amount"));
    assertThat(table.unknownFields(), is(UnknownFields.FAIL));
    assertThat(
        table.tableProperties(),
        is(Map.of("write.merge.mode", "merge-on-read", "commit.retry.num-retries", "5")));
  }

  @Test
  void eventTable() throws Exception {
    TableDefinition table = read("everything.odcs.yaml").get(2).table();

    assertThat(table.storage(), is(StorageType.EVENTS));
    assertThat(table.eventTime(), is("at"));
    assertThat(table.allowedLateness(), is(Duration.ofHours(1)));
    assertThat(table.partitionBy(), contains("event_date", "hour(at)"));
    assertThat(table.ignoreNullColumns(), contains("platform"));
    assertThat(table.applyAsDeletes(), is(nullValue()));
  }

  @Test
  void tableOfExtracts() throws Exception {
    TableDefinition table = read("everything.odcs.yaml").get(3).table();

    assertThat(table.input(), is(InputKind.SNAPSHOTS));
    assertThat(table.unknownFields(), is(UnknownFields.EVOLVE));
    assertThat(table.validTimeType(), is(ColumnType.DATE));
    assertThat("not the extract's time", table.trackedColumns(), contains("price"));
  }

  @Test
  void meaningsOfValuesAreDeclared() throws Exception {
    TableDefinition table = read("everything.odcs.yaml").get(3).table();

    assertThat(
        table.columns(),
        contains(
            Column.required("item", ColumnType.STRING),
            Column.of("price", ColumnType.decimal(10, 2)).toBuilder()
                .decimalEncoding(DecimalEncoding.TEXT)
                .build(),
            Column.of("as_of", ColumnType.DATE).toBuilder()
                .timestampUnit(TimestampUnit.DAYS)
                .build()));
    assertThat("which is its source's", table.timestampUnit(), is(nullValue()));
  }

  @Test
  void typesFollowFromLogicalAndPhysicalTypes() throws Exception {
    TableDefinition table = read("types.odcs.yaml").get(0).table();

    assertThat(
        table.columns().stream().map(c -> c.name() + " " + c.type()).toList(),
        contains(
            "id long",
            "t_string string",
            "t_uuid uuid",
            "t_binary binary",
            "t_fixed fixed(16)",
            "t_int int",
            "t_short int",
            "t_u64 decimal(20,0)",
            "t_whole decimal(20,0)",
            "t_number double",
            "t_float float",
            "t_decimal decimal(38,9)",
            "t_boolean boolean",
            "t_date date",
            "t_time time",
            "t_timestamptz timestamptz",
            "t_timestamp timestamp",
            "t_map map<string,list<int>>",
            "t_struct struct<a:int,B:list<string>>",
            "t_list list<long>",
            "t_object struct<street:string,points:list<struct<x:double>>>"));
    ColumnType object = table.columns().get(20).type();
    assertThat(object.fields().get(0).required(), is(true));
    assertThat(object.fields().get(1).required(), is(false));
  }

  @Test
  void qualityBecomesConditionsOnRows() throws Exception {
    TableDefinition table = read("quality.odcs.yaml").get(0).table();

    assertThat(
        table.qualityRules().stream()
            .map(r -> r.name() + " | " + r.action() + " | " + r.condition())
            .toList(),
        contains(
            "order_id_nullValues | QUARANTINE | \"order_id\" IS NOT NULL",
            "order_id_invalidValues | WARN | \"order_id\" >= 1 AND \"order_id\" <= 1000",
            "status_invalidValues | QUARANTINE | \"status\" IN ('open', 'it''s', 'NO')",
            "status_invalidValues_2 | WARN | REGEXP_LIKE(\"status\", '^[a-z'']+$')"
                + " AND CHAR_LENGTH(\"status\") >= 2 AND CHAR_LENGTH(\"status\") <= 9",
            "status_missingValues | WARN | \"status\" IS NOT NULL"
                + " AND \"status\" NOT IN ('', 'N/A')",
            "status_missingValues_2 | WARN | \"status\" NOT IN ('-')",
            "status is there | WARN | \"status\" IS NOT NULL",
            "day_invalidValues | WARN | \"day\" >= DATE '2020-01-01'",
            "flag_invalidValues | WARN | \"flag\" IN (TRUE)",
            "amount_custom | FAIL | amount > 0 OR status = 'open'",
            "known_day | DROP | \"day\" > DATE '2000-01-01'",
            "custom | QUARANTINE | amount < 1000"));
  }

  @Test
  void everyRuleMadeFromTheLibraryCompiles() throws Exception {
    TableDefinition table = read("quality.odcs.yaml").get(0).table();

    for (var rule : table.qualityRules()) {
      ColumnType type = SqlExpression.of(rule.condition(), table.columns()).type();
      assertThat(rule.condition(), type, is(ColumnType.BOOLEAN));
    }
  }

  @Test
  void failWhen() throws Exception {
    for (Map.Entry<String, FailWhen> value :
        Map.of(
                "never", FailWhen.NEVER,
                "{moreThan: 0}", new FailWhen(0, 1),
                "{quarantined: 12.5 %}", new FailWhen(100, 0.125),
                "{moreThan: 7, quarantined: 100%}", new FailWhen(7, 1))
            .entrySet()) {
      Problems problems = new Problems();
      List<Contract> contracts =
          new ContractReader(Map.of("cdc", "debezium-json"), problems)
              .read(
                  "orders.odcs.yaml",
                  """
                  apiVersion: v3.1.0
                  kind: DataContract
                  id: orders
                  version: 1.0.0
                  status: active
                  schema:
                    - name: orders
                      physicalName: silver.orders
                      customProperties:
                        - {property: source, value: cdc}
                        - {property: failWhen, value: %s}
                      properties:
                        - {name: id, logicalType: integer, primaryKey: true}
                  """
                      .formatted(value.getKey()));
      assertThat(value.getKey(), problems.all(), is(empty()));
      assertThat(value.getKey(), contracts.get(0).table().failWhen(), is(value.getValue()));
    }
    assertThat(read("everything.odcs.yaml").get(0).table().failWhen(), is(new FailWhen(100, 1)));
  }
}
