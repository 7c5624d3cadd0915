package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.log.LogBeginning;
import org.beamlakehouse.transforms.internal.log.LogHigh;
import org.beamlakehouse.transforms.internal.log.LogKind;
import org.beamlakehouse.transforms.internal.log.LogNumbers;
import org.beamlakehouse.transforms.internal.log.LogPiece;
import org.beamlakehouse.transforms.internal.log.LogPoint;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What records of each connector tell of their place in the log, and what becomes of the order. */
class LogPlacesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // PostgreSQL: the change's place, and the last commit before it.
        "pg streamed |"
            + " 'connector':'postgresql','name':'s','db':'d','lsn':110,'sequence':'[\\'90\\',\\'110\\']','ts_ms':5"
            + " | postgresql s COMMIT 90/0 5; postgresql s CHANGE 110/0 5",
        "pg old | 'connector':'postgresql','name':'s','lsn':110,'ts_ms':5 | postgresql s CHANGE"
            + " 110/0 5",
        "pg first transaction |"
            + " 'name':'s','lsn':110,'snapshot':'false','sequence':'[null,\\'110\\']','ts_ms':5 | s"
            + " CHANGE 110/0 5 open",
        "pg snapshot |"
            + " 'name':'s','lsn':110,'snapshot':'first','sequence':'[null,\\'110\\']','ts_ms':5 | s"
            + " COMMIT 110/0 5; s CHANGE 110/0 5 read at 110",
        "pg incremental |"
            + " 'name':'s','lsn':null,'snapshot':'incremental','sequence':'[\\'90\\',\\'90\\']','ts_ms':5"
            + " | s BESIDE 0/0 5",
        "mysql |"
            + " 'connector':'mysql','name':'s','db':'d','file':'mysql-bin.000412','pos':900,'row':2,'ts_ms':5"
            + " | mysql s BINLOG 412/900 5",
        "mysql, zero | 'connector':'mysql','name':'s','file':'','pos':0,'ts_ms':5 | ''",
        "mysql, no time | 'connector':'mysql','name':'s','file':'b.000001','pos':4,'ts_ms':0 | ''",
        "sql server |"
            + " 'connector':'sqlserver','name':'s','db':'d','commit_lsn':'00000027:00000758:0005','change_lsn':'00000027:00000758:0003','ts_ms':5"
            + " | sqlserver s/d COMMIT 167503726424/5 5",
        "oracle | 'connector':'oracle','name':'s','scn':'1122','ts_ms':5 | oracle s CHANGE 1122/0"
            + " 5",
        "microseconds | 'name':'s','lsn':1,'ts_ms':5,'ts_us':5999 | s CHANGE 1/0 5",
        "no server | 'lsn':1,'ts_ms':5 | of shop.orders CHANGE 1/0 5",
        "mongo | 'connector':'mongodb','name':'s','ord':3,'ts_ms':5 | ''",
      })
  void debeziumTells(String name, String source, String expected) {
    String json =
        "{'before':null,'after':{'id':1},'source':{"
            + source
            + ",'table':'orders'},'op':'u','ts_ms':9}";
    assertThat(places(RecordFormat.DEBEZIUM_JSON, json), is(expected.equals("''") ? "" : expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'__op':'u','__lsn':7,'__source_ts_ms':5 | of shop.orders CHANGE 7/0 5",
        "'__op':'u','__source_file':'b.000002','__source_pos':8,'__source_ts_ms':5,'__source_name':'s'"
            + " | s BINLOG 2/8 5",
        // The time at which the connector handled it rises with every copy.
        "'__op':'u','__lsn':7,'__ts_ms':5 | ''",
      })
  void flattenedRecordsTell(String fields, String expected) {
    assertThat(
        places(RecordFormat.DEBEZIUM_JSON, "{'id':1," + fields + "}"),
        is(expected.equals("''") ? "" : expected));
  }

  @Test
  void maxwellAndCanalTell() {
    assertThat(
        places(
            RecordFormat.MAXWELL_JSON,
            "{'database':'d','table':'orders','type':'insert','ts':5,'position':'bin.000006:811',"
                + "'data':{'id':1}}"),
        is("maxwell of shop.orders BINLOG 6/811 5000"));
    assertThat(
        places(
            RecordFormat.CANAL_JSON,
            "{'database':'d','table':'orders','type':'INSERT','isDdl':false,'es':5,'ts':6,'id':1,"
                + "'data':[{'id':'1'}],'old':null}"),
        is(""));
  }

  @ParameterizedTest
  @CsvSource({
    "'1,1,1', 0",
    "'1,2,2', 1",
    "'1,2,1', 2",
    // A snapshot's rows do not tell it.
    "'0,1,0,1', 0",
  })
  void otherServersAreCounted(String servers, long changes) {
    LogWatch watch = new LogWatch(LogNumbers.of(List.of()));
    RecordParser parser =
        RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(ParseCase.table("orders")));
    parser.watch(watch);
    for (String server : servers.split(",")) {
      parser.parse(
          record(
              "{'before':null,'after':{'id':1},'source':{'connector':'mysql','name':'s',"
                  + "'server_id':%s,'file':'b.000001','pos':4,'ts_ms':5,'table':'orders'},"
                      .formatted(server)
                  + "'op':'u','ts_ms':9}"),
          null,
          new Outcomes());
    }
    assertThat(watch.serverChanges(), is(changes));
  }

  @Test
  void changesAfterTheBeginningComeAfterAllBefore() {
    LogBeginning beginning =
        new LogBeginning(
            "shop",
            "mysql s",
            LogKind.BINLOG,
            1,
            new LogHigh(412, 900, 10_000),
            new LogPoint(7, 300, 20_000, "shop.orders/0", 1),
            true,
            Map.of("shop.orders/0", 1L));
    LogWatch watch = new LogWatch(LogNumbers.of(List.of(beginning)));
    Sequence old = sequence(watch, 412, 900, 10_000);
    Sequence next = sequence(watch, 7, 300, 20_000);

    assertThat(next, greaterThan(old));
    assertThat(sequence(watch, 8, 1, 30_000), greaterThan(next));
    // Copies, and orders without the word, are as they were.
    assertThat(sequence(watch, 412, 900, 10_000), is(old));
    assertThat(sequence(new LogWatch(LogNumbers.of(List.of())), 412, 900, 10_000), is(old));
    assertThat(sequence(new LogWatch(LogNumbers.of(List.of())), 7, 300, 20_000), lessThan(old));
    // What is stored is read back.
    assertThat(Sequence.fromBytes(next.bytes()).withoutPosition(), is(next.withoutPosition()));
    assertThat(Sequence.fromBytes(next.bytes()).sameOrder(next), is(true));
  }

  private static Sequence sequence(LogWatch watch, int file, int pos, int millis) {
    Outcomes outcomes = new Outcomes();
    RecordParser parser =
        RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(ParseCase.table("scalars")));
    parser.watch(watch);
    parser.parse(
        record(
            "{'before':null,'after':{'id':1},'source':{'connector':'mysql','name':'s','file':'b.%06d',"
                    .formatted(file)
                + "'pos':%d,'ts_ms':%d,'table':'scalars'},'op':'u'}".formatted(pos, millis)),
        null,
        outcomes);
    return outcomes.changes().get(0).sequence();
  }

  private static String places(RecordFormat format, String json) {
    LogWatch watch = new LogWatch(LogNumbers.of(List.of()));
    RecordParser parser = RecordParser.of(format, List.of(ParseCase.table("orders")));
    parser.watch(watch);
    parser.parse(record(json), null, new Outcomes());
    Map<LogKind, String> places = new TreeMap<>();
    for (LogPiece piece : watch.pieces()) {
      LogPoint first = piece.first();
      places.put(
          piece.key().kind(),
          "%s %s %d/%d %d"
                  .formatted(
                      piece.key().log(),
                      piece.key().kind(),
                      first.major(),
                      first.minor(),
                      first.millis())
              + (piece.snapshot() == 0 ? "" : " read at " + piece.snapshot())
              + (piece.open() == null ? "" : " open"));
    }
    return places.values().stream().collect(Collectors.joining("; "));
  }

  private static RawRecord record(String json) {
    String text = json.replace("\\'", "\\\"").replace('\'', '"');
    return RawRecord.of(
        "shop",
        text.getBytes(StandardCharsets.UTF_8),
        null,
        SourcePosition.inTopic("shop.orders", 0, 1),
        Instant.EPOCH);
  }
}
