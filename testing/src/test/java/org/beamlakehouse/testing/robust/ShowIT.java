package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What {@code show} and {@code history} print, to the character. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShowIT {
  private static final String TABLE = "silver.kinds";
  private static final String COLUMNS =
      "--columns=id,flag,small,big,ratio,price,day,clock,local_ts,instant_ts,token,bytes,tags,title";

  private TestProject project;

  @BeforeAll
  void runTwice(@TempDir Path folder) {
    project =
        TestProject.create(folder)
            .source("kinds", "json", "data/*.jsonl")
            .contract(
                "kinds",
                Contracts.of(
                    "kinds",
                    "kinds",
                    "- {property: sequenceBy, value: seq}",
                    "",
                    """
                    - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                    - {name: flag, logicalType: boolean}
                    - {name: small, logicalType: integer, physicalType: int}
                    - {name: big, logicalType: integer, physicalType: long}
                    - {name: ratio, logicalType: number, physicalType: double}
                    - {name: price, logicalType: number, physicalType: "decimal(38,10)"}
                    - {name: day, logicalType: date}
                    - {name: clock, logicalType: time, physicalType: time}
                    - {name: local_ts, logicalType: timestamp, physicalType: timestamp}
                    - {name: instant_ts, logicalType: timestamp, physicalType: timestamptz}
                    - {name: token, logicalType: string, physicalType: uuid}
                    - {name: bytes, logicalType: string, physicalType: binary}
                    - {name: tags, logicalType: array, physicalType: list<string>, items: {logicalType: string}}
                    - {name: title, logicalType: string}
                    """))
            .lines(
                "data/a.jsonl",
                List.of(
                    "{\"id\":1,\"seq\":1,\"flag\":true,\"small\":-7,\"big\":9007199254740993,"
                        + "\"ratio\":0.1,\"price\":1234567890123456789.5,\"day\":\"2026-02-28\","
                        + "\"clock\":\"10:15:30.5\",\"local_ts\":\"2026-02-28T10:15:30\","
                        + "\"instant_ts\":\"2026-02-28T10:15:30.000001+02:00\","
                        + "\"token\":\"123e4567-e89b-12d3-a456-426614174000\",\"bytes\":\"AAH/\","
                        + "\"tags\":[\"a\",null],\"title\":\"He said \\\"hi\\\",\\nthen é\"}",
                    "{\"id\":2,\"seq\":1}"));
    project.run().done();
    project.lines(
        "data/b.jsonl",
        List.of("{\"id\":3,\"seq\":1,\"small\":3}", "{\"id\":2,\"seq\":2,\"small\":2}"));
    project.run().done();
    Long first = project.snapshots(TABLE).get(0);
    project.table(TABLE).manageSnapshots().createTag("before_b", first).commit();
  }

  @Test
  void printsJsonLines() {
    assertThat(
        show(COLUMNS, "--where", "id = 1 OR id = 3", "--order-by", "id", "--format", "jsonl"),
        is(
            "{\"id\":1,\"flag\":true,\"small\":-7,\"big\":9007199254740993,\"ratio\":0.1,"
                + "\"price\":1234567890123456789.5000000000,\"day\":\"2026-02-28\","
                + "\"clock\":\"10:15:30.500000\",\"local_ts\":\"2026-02-28T10:15:30.000000\","
                + "\"instant_ts\":\"2026-02-28T08:15:30.000001Z\","
                + "\"token\":\"123e4567-e89b-12d3-a456-426614174000\",\"bytes\":\"AAH/\","
                + "\"tags\":[\"a\",null],\"title\":\"He said \\\"hi\\\",\\nthen é\"}\n"
                + "{\"id\":3,\"flag\":null,\"small\":3,\"big\":null,\"ratio\":null,"
                + "\"price\":null,\"day\":null,\"clock\":null,\"local_ts\":null,"
                + "\"instant_ts\":null,\"token\":null,\"bytes\":null,\"tags\":null,"
                + "\"title\":null}\n"));
  }

  @Test
  void printsCsv() {
    assertThat(
        show("--columns=id,price,instant_ts,bytes,title", "--order-by=id", "--format=csv"),
        is(
            "id,price,instant_ts,bytes,title\n"
                + "1,1234567890123456789.5000000000,2026-02-28T08:15:30.000001Z,AAH/,"
                + "\"He said \"\"hi\"\",\nthen é\"\n"
                + "2,,,,\n"
                + "3,,,,\n"));
  }

  @Test
  void printsAnAlignedTable() {
    assertThat(
        show("--columns=id,small,day", "--order-by=id desc").replace(System.lineSeparator(), "\n"),
        is(
            """
            id  small  day
            --  -----  ----------
             3      3
             2      2
             1     -7  2026-02-28
            (3 rows)
            """));
  }

  @Test
  void printsNothingButTheHeadOfAnEmptyResult() {
    assertThat(show("--where=id > 9", "--format=jsonl"), is(""));
    assertThat(show("--where=id > 9", "--columns=id,day", "--format=csv"), is("id,day\n"));
    assertThat(show("--where=id > 9", "--columns=id"), containsString("(0 rows)"));
  }

  @Test
  void sortsFiltersAndLimits() {
    assertThat(ids("--order-by", "id desc", "--limit", "2"), is(List.of("3", "2")));
    assertThat(ids("--order-by", "small,id"), is(List.of("1", "2", "3")));
    assertThat(
        ids("--where", "\"day\" IS NULL AND small >= 2", "--order-by=id"), is(List.of("2", "3")));
    assertThat(ids("--where", "price > 1.5 AND \"day\" < DATE '2026-03-01'"), is(List.of("1")));
    assertThat(ids("--limit", "0"), hasSize(0));
  }

  @Test
  void showsTheTableAsItWas() {
    List<Long> snapshots = project.snapshots(TABLE);
    assertThat(smallOfTwo(null), is("2"));
    assertThat(smallOfTwo("before_b"), is(""));
    assertThat(smallOfTwo(Long.toString(snapshots.get(0))), is(""));
    assertThat(smallOfTwo(Long.toString(snapshots.get(1))), is("2"));
    Instant first = at(snapshots.get(0));
    assertThat(smallOfTwo(first.toString()), is(""));
    assertThat(smallOfTwo(at(snapshots.get(1)).minusMillis(1).toString()), is(""));
    assertThat(smallOfTwo(at(snapshots.get(1)).toString()), is("2"));
    assertThat("before there was any", ids("--as-of", first.minusMillis(1).toString()), hasSize(0));
    assertThat(ids("--as-of", "2020-01-01"), hasSize(0));
  }

  @Test
  void listsSnapshots() {
    List<String> lines = new ArrayList<>();
    project.command("history", TABLE, "--format", "csv").done().out().lines().forEach(lines::add);
    List<Long> snapshots = project.snapshots(TABLE);
    assertThat(lines, hasSize(3));
    assertThat(
        lines.get(0),
        is(
            "snapshot_id,made_current_at,operation,added_records,deleted_records,"
                + "added_position_deletes,total_records,is_current"));
    assertThat(lines.get(1), containsString(snapshots.get(0) + ","));
    assertThat(lines.get(1), containsString(",append,2,"));
    assertThat(lines.get(1), containsString(",false"));
    assertThat(lines.get(2), containsString(snapshots.get(1) + ","));
    assertThat(lines.get(2), containsString(",true"));
  }

  private String show(String... options) {
    List<String> arguments = new ArrayList<>(List.of(TABLE));
    arguments.addAll(List.of(options));
    return project.command("show", arguments.toArray(new String[0])).done().out();
  }

  private List<String> ids(String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--columns=id", "--format=csv"));
    return show(arguments.toArray(new String[0])).lines().skip(1).toList();
  }

  /** The value of one column in the row with id 2, which the second run changed. */
  private String smallOfTwo(String asOf) {
    List<String> arguments =
        new ArrayList<>(List.of("--columns=small", "--where=id = 2", "--format=jsonl"));
    if (asOf != null) {
      arguments.addAll(List.of("--as-of", asOf));
    }
    String line = show(arguments.toArray(new String[0])).strip();
    return line.replace("{\"small\":", "").replace("}", "").replace("null", "");
  }

  private Instant at(long snapshot) {
    return Instant.ofEpochMilli(project.table(TABLE).snapshot(snapshot).timestampMillis());
  }
}
