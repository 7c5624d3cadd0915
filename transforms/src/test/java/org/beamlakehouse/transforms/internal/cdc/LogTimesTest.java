package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.log.LogBeginning;
import org.beamlakehouse.transforms.internal.log.LogHigh;
import org.beamlakehouse.transforms.internal.log.LogKind;
import org.beamlakehouse.transforms.internal.log.LogNumbers;
import org.beamlakehouse.transforms.internal.log.LogPoint;
import org.beamlakehouse.transforms.internal.log.LogTimes;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.beamlakehouse.transforms.internal.log.TableTimes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * When changes that tell a time only leave a table's order untold: the same for a set of changes,
 * whatever their arrival, their pieces and their repetition.
 */
class LogTimesTest {
  private static final int ARRIVALS = 20;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // A letter for how the place is told, seconds at which the connector handled the change.
        "a first snapshot, then the stream | t0 t5 p10 p20 | told",
        "no snapshot | p10 p20 | told",
        "a snapshot with places | s0 s5 p10 | told",
        "a second snapshot with places | t0 p10 s20 p30 | told",
        "times only | t0 t5 t100 t200 | told",
        "late copies of the first snapshot | t0 t5 p10 p20 t0 t5 | told",
        "clocks of two processes | t0 t10.9 p10 p20 | told",
        "times in the source overlap | t0 t9 e10 e20 | told",
        "a second snapshot | t0 t5 p10 p20 t30 | of record changes.jsonl:4",
        "the last of it is named | p10 t30 t31 p40 | of record changes.jsonl:2",
        "a first snapshot of a table that has changes | p10 t20 | of record changes.jsonl:1",
        "an incremental snapshot without places | p10 i20 | of record changes.jsonl:1",
        "an incremental snapshot with places | p10 j20 | told",
        "another server's snapshot | p10 T20 | told",
        "another server's second snapshot | p10 T20 P30 T40 | of record changes.jsonl:3",
        "flattened, a second snapshot | f0 F10 f20 | of record changes.jsonl:2",
        "flattened, a first snapshot | f0 F10 F20 | told",
      })
  void debezium(String name, String changes, String expected) {
    check(RecordFormat.DEBEZIUM_JSON, changes, LogNumbers.of(List.of()), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a bootstrap, then the stream | b0 b5 q10 q20 | told",
        "no positions at all | b0 m10 b20 m30 | told",
        "a bootstrap of a table that has changes | q10 b20 | of record changes.jsonl:1",
      })
  void maxwell(String name, String changes, String expected) {
    check(RecordFormat.MAXWELL_JSON, changes, LogNumbers.of(List.of()), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // In the source's time a new log begins at second 50.
        "a snapshot of the new log | p10 o60 p70 | told",
        "a second one of the new log | p10 o60 p70 o80 | of record changes.jsonl:3",
        "one of the old log | p10 o20 p70 | of record changes.jsonl:1",
      })
  void ofALogThatBeginsAnew(String name, String changes, String expected) {
    LogBeginning beginning =
        new LogBeginning(
            "shop",
            "mysql s",
            LogKind.BINLOG,
            1L << 32,
            new LogHigh(1, 40_000, 40_000),
            new LogPoint(1, 1, 50_000, "changes.jsonl", 9),
            false,
            Map.of());
    check(RecordFormat.DEBEZIUM_JSON, changes, LogNumbers.of(List.of(beginning)), expected);
  }

  private static void check(
      RecordFormat format, String changes, LogNumbers numbers, String expected) {
    List<RawRecord> records = new ArrayList<>();
    for (String change : changes.split(" ")) {
      records.add(record(change, records.size()));
    }
    Random random = new Random(7);
    for (int i = 0; i < ARRIVALS; i++) {
      assertThat("arrival " + i, told(format, records, numbers, random), is(expected));
      records.add(records.get(random.nextInt(records.size())));
      Collections.shuffle(records, random);
    }
  }

  /** What is told of records that arrive in pieces, and then by what is kept of them. */
  private static String told(
      RecordFormat format, List<RawRecord> records, LogNumbers numbers, Random random) {
    List<LogTimes> known = List.of();
    for (int from = 0; from < records.size(); ) {
      int to = from + 1 + random.nextInt(records.size() - from);
      RecordParser parser = RecordParser.of(format, List.of(ParseCase.table("clients")));
      LogWatch watch = new LogWatch(numbers);
      parser.watch(watch);
      TableTimes times = new TableTimes();
      for (RawRecord record : records.subList(from, to)) {
        Outcomes outcomes = new Outcomes();
        parser.parse(record, null, outcomes);
        assertThat(outcomes.all().toString(), outcomes.changes().size(), is(1));
        watch.note(outcomes.changes().get(0).sequence(), times);
      }
      List<LogTimes> all = new ArrayList<>(known);
      all.addAll(times.all());
      known = LogTimes.merged(all);
      from = to;
    }
    return known.stream()
        .filter(LogTimes::leavesOrderUntold)
        .map(times -> "of record " + times.place())
        .findFirst()
        .orElse("told");
  }

  private static RawRecord record(String change, int at) {
    char kind = change.charAt(0);
    long millis = (long) (Double.parseDouble(change.substring(1)) * 1_000);
    String server = Character.isUpperCase(kind) ? "other" : "s";
    String json =
        switch (kind) {
          case 'p', 'P' -> mysql(server, "false", "mysql-bin.000001", millis, millis, millis);
          // Committed while the snapshot was read.
          case 'e' -> mysql(server, "false", "mysql-bin.000001", millis, 5_000, millis);
          case 's' -> mysql(server, "last", "mysql-bin.000001", 7, 0, millis);
          case 't', 'T' -> mysql(server, "true", "", 0, 0, millis);
          case 'o' -> mysql(server, "true", "", 0, millis, millis);
          case 'i' -> postgres("[null,null]", millis);
          case 'j' -> postgres("[null,'77']", millis);
          case 'f' -> flattened("'__source_file':'','__source_pos':0", millis);
          case 'F' -> flattened("'__source_file':'b.000001','__source_pos':5", millis);
          case 'b' -> maxwell("bootstrap-insert", "", millis);
          case 'm' -> maxwell("insert", "", millis);
          default -> maxwell("insert", ",'position':'b.000001:" + (millis + 1) + "'", millis);
        };
    return RawRecord.of(
        "shop",
        json.replace("\\'", "\\\"").replace('\'', '"').getBytes(StandardCharsets.UTF_8),
        null,
        SourcePosition.inFile("changes.jsonl", at),
        ParseCase.INGESTED_AT);
  }

  private static String mysql(
      String server, String snapshot, String file, long pos, long source, long handled) {
    return """
    {'before':null,'after':{'id':1,'name':'a'},'op':'%s','ts_ms':%d,'source':{'connector':'mysql','name':'%s','ts_ms':%d,'snapshot':'%s','table':'clients','file':'%s','pos':%d,'row':0}}\
    """
        .formatted(
            snapshot.equals("false") ? "u" : "r", handled + 1, server, source, snapshot, file, pos);
  }

  private static String postgres(String sequence, long handled) {
    return """
    {'before':null,'after':{'id':1,'name':'a'},'op':'r','ts_ms':%d,'source':{'connector':'mysql','name':'s','ts_ms':%d,'snapshot':'incremental','table':'clients','lsn':null,'sequence':'%s'}}\
    """
        .formatted(handled + 1, handled, sequence.replace("'", "\\'"));
  }

  private static String flattened(String place, long handled) {
    return """
    {'id':1,'name':'a','__op':'u','__table':'clients','__ts_ms':%d,%s}\
    """
        .formatted(handled + 1, place);
  }

  private static String maxwell(String type, String position, long millis) {
    return """
    {'database':'shop','table':'clients','type':'%s','ts':%d%s,'xid':1,'data':{'id':1,'name':'a'}}\
    """
        .formatted(type, millis / 1_000 + 1, position);
  }
}
