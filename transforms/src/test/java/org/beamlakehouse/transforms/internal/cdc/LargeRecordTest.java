package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.junit.jupiter.api.Test;

/** Records that are large, many or picked out. */
class LargeRecordTest {
  private static final int FIFTY_MEGABYTES = 50 << 20;

  private final Outcomes outcomes = new Outcomes();

  @Test
  void recordOfFiftyMegabytesIsParsed() {
    parse("scalars", "\"v\":\"" + "é".repeat(FIFTY_MEGABYTES / 2) + "\"");

    assertThat(outcomes.changes(), hasSize(1));
    String value = outcomes.changes().get(0).after().getString("v");
    assertThat(value.length(), is(FIFTY_MEGABYTES / 2));
  }

  @Test
  void fieldOfFiftyMegabytesIsRescued() {
    parse("scalars", "\"more\":[" + "1,".repeat(FIFTY_MEGABYTES / 2) + "1]");

    assertThat(outcomes.changes(), hasSize(1));
    assertThat(outcomes.changes().get(0).rescuedData().length() > FIFTY_MEGABYTES, is(true));
  }

  @Test
  void numberOfAMillionDigitsIsOutOfRange() {
    parse("everything", "\"l\":" + "7".repeat(1 << 20) + ",\"n\":1." + "7".repeat(1 << 20));

    assertThat(outcomes.all(), hasSize(1));
    assertThat(outcomes.all().get(0).path("quarantine").asText(), is("type:l,type:n"));
    assertThat(outcomes.all().get(0).path("error").asText(), containsString("out of range"));
  }

  @Test
  void recordOfManyUnknownFieldsIsRescued() {
    StringBuilder fields = new StringBuilder("\"v\":null");
    for (int i = 0; i < 100_000; i++) {
      fields.append(",\"f").append(i).append("\":").append(i);
    }
    parse("scalars", fields.toString());

    assertThat(outcomes.changes(), hasSize(1));
    assertThat(outcomes.changes().get(0).rescuedData(), containsString(",\"f99999\":99999}"));
  }

  @Test
  void onlyWantedTablesGetChanges() {
    RecordParser parser =
        RecordParser.of(
            RecordFormat.DEBEZIUM_JSON,
            List.of(ParseCase.table("orders"), ParseCase.table("orders_history")));
    RawRecord record = record("orders", "\"client_id\":1,\"amount\":\"1.00\"");

    parser.parse(record, Set.of("silver.orders_history"), outcomes);
    parser.parse(record, Set.of("silver.elsewhere"), outcomes);

    assertThat(outcomes.all(), hasSize(2));
    assertThat(outcomes.all().get(0).path("table").asText(), is("silver.orders_history"));
    assertThat(outcomes.all().get(1).path("skipped").asText(), is("OTHER_TABLE"));
  }

  private void parse(String table, String fields) {
    RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(ParseCase.table(table)))
        .parse(record(table, fields), null, outcomes);
  }

  private static RawRecord record(String table, String fields) {
    String json =
        "{\"before\":null,\"after\":{\"id\":1,"
            + fields
            + "},\"source\":{\"table\":\""
            + table
            + "\",\"schema\":\"app\",\"lsn\":1},\"op\":\"c\"}";
    return RawRecord.of(
        "shop",
        json.getBytes(StandardCharsets.UTF_8),
        null,
        SourcePosition.inFile("large.jsonl", 0),
        ParseCase.INGESTED_AT);
  }
}
