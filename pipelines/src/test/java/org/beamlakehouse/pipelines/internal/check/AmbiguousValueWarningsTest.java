package org.beamlakehouse.pipelines.internal.check;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.pipelines.internal.config.Problem;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What check warns of before the records come, and what a source declares for its tables. */
class AmbiguousValueWarningsTest {
  private static final String COLUMNS =
      """
            - {name: id, logicalType: integer, primaryKey: true}
            - {name: day, logicalType: date}
            - {name: at, logicalType: timestamp%s}
            - {name: parts, logicalType: object, physicalType: 'struct<t:time,n:decimal(4,1)>'}
            - {name: price, logicalType: number, physicalType: 'decimal(10,2)'%s}
            - {name: twice, logicalType: number, physicalType: 'decimal(10,2)', customProperties: [{property: expression, value: price * 2}]}
      """;

  @TempDir Path folder;

  @Test
  void columnsThatNobodyToldOfAreNamed() throws IOException {
    assertThat(
        warnings("debezium-json", "", "", ""),
        contains(
            "contracts/t.odcs.yaml:7: warning: a number in at, parts counts in no unit that records"
                + " of the source 's' tell without a schema, so they are quarantined; declare"
                + " 'timestampUnit' for the source or the column",
            "contracts/t.odcs.yaml:7: warning: a string in parts, price can be text or base64 where"
                + " records of the source 's' bring no schema, and those that can be both are"
                + " quarantined; declare 'decimalEncoding' for the source or the column"));
    assertThat(
        warnings("json", "", "", ""),
        contains(
            "contracts/t.odcs.yaml:7: warning: a number in day, at, parts counts in no unit that"
                + " records of the source 's' tell without a schema, so they are quarantined;"
                + " declare 'timestampUnit' for the source or the column"));
  }

  @Test
  void formatsOfOneReadingNeedNoDeclaration() throws IOException {
    assertThat(warnings("maxwell-json", "", "", ""), is(empty()));
    assertThat(warnings("canal-json", "", "", ""), is(empty()));
  }

  @Test
  void whatIsDeclaredIsNotWarnedOf() throws IOException {
    assertThat(
        warnings("debezium-json", ", timestampUnit: micros, decimalEncoding: text", "", ""),
        is(empty()));
    assertThat(
        warnings(
            "debezium-json",
            "",
            ", customProperties: [{property: timestampUnit, value: millis}]",
            ", customProperties: [{property: decimalEncoding, value: base64}]"),
        contains(
            "contracts/t.odcs.yaml:7: warning: a number in parts counts in no unit that records of"
                + " the source 's' tell without a schema, so they are quarantined; declare"
                + " 'timestampUnit' for the source or the column",
            "contracts/t.odcs.yaml:7: warning: a string in parts can be text or base64 where"
                + " records of the source 's' bring no schema, and those that can be both are"
                + " quarantined; declare 'decimalEncoding' for the source or the column"));
  }

  @Test
  void sequenceFieldsOfNoKnownTypeAreNamed() throws IOException {
    String untyped =
        "contracts/t.odcs.yaml:7: warning: 'sequenceBy' names %s, which is no column and has no"
            + " declared type, so that records of the source 's' with anything but a whole number"
            + " in it are quarantined; declare 'sequenceByType'";
    assertThat(sequenceWarnings("json", "updated_at", "long"), is(empty()));
    assertThat(
        sequenceWarnings("json", "updated_at", null), contains(untyped.formatted("updated_at")));
    assertThat(
        sequenceWarnings("debezium-json", "[id, batch, source.ts_ms, part]", null),
        contains(untyped.formatted("batch, part")));
    assertThat(
        sequenceWarnings("json", "[source.ts_ms, part]", "{part: timestamptz}"),
        contains(untyped.formatted("source.ts_ms")));
    assertThat(
        sequenceWarnings("json", "[note]", null),
        contains(
            "contracts/t.odcs.yaml:7: warning: 'sequenceBy' compares the text in note of the source"
                + " 's' by characters, so that 9 comes after 10, and a time with a fraction before"
                + " the same without; give the column the type of what it holds"));
  }

  @Test
  void whatConnectorsFixNeedsNoDeclaration() throws IOException {
    assertThat(
        sequenceWarnings(
            "debezium-json",
            "[source.lsn, source.commit_scn, __source_ts_ms, __lsn, ts_ms, source.change_lsn,"
                + " transaction.total_order]",
            null),
        is(empty()));
    assertThat(sequenceWarnings("maxwell-json", "[ts, xid, xoffset]", null), is(empty()));
    assertThat(sequenceWarnings("canal-json", "[es, ts, id]", "timestamptz"), is(empty()));
  }

  private List<String> sequenceWarnings(String format, String fields, String types)
      throws IOException {
    write(format, ", timestampUnit: millis, decimalEncoding: text", "", "");
    Path contract = folder.resolve("contracts/t.odcs.yaml");
    String declared = types == null ? "" : "}, {property: sequenceByType, value: " + types;
    Files.writeString(
        contract,
        Files.readString(contract)
            .replace("value: id}", "value: " + fields + declared + "}")
            .replace("name: day,", "name: note, logicalType: string}\n      - {name: day,"));
    return AmbiguousValueWarnings.warnings(Project.load(folder, Map.of()));
  }

  @Test
  void theSourcesWordHoldsForItsTables() throws IOException {
    write("json", ", timestampUnit: micros, decimalEncoding: base64", "", "");

    TableDefinition table = Project.load(folder, Map.of()).tables().get(0);

    assertThat(table.timestampUnit(), is(TimestampUnit.MICROS));
    assertThat(table.decimalEncoding(), is(DecimalEncoding.BASE64));
  }

  @Test
  void wordsThatThereAreNotAreErrors() throws IOException {
    write("json", ", timestampUnit: us, decimalEncoding: digits", "", "");

    assertThat(
        Project.check(folder, Map.of()).stream().map(Problem::toString).toList(),
        contains(
            "lakehouse.yaml:3: 'timestampUnit' cannot be 'us'; use one of days, seconds, millis,"
                + " micros, nanos",
            "lakehouse.yaml:3: 'decimalEncoding' cannot be 'digits'; use one of base64, text"));
  }

  private List<String> warnings(String format, String source, String at, String price)
      throws IOException {
    write(format, source, at, price);
    return AmbiguousValueWarnings.warnings(Project.load(folder, Map.of()));
  }

  private void write(String format, String source, String at, String price) throws IOException {
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(
        folder.resolve("lakehouse.yaml"),
        "name: a\nsources:\n  s: {type: files, path: data/*, format: " + format + source + "}\n");
    Files.writeString(
        folder.resolve("contracts/t.odcs.yaml"),
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: t
        version: 1.0.0
        status: active
        schema:
          - name: t
            physicalName: silver.t
            properties:
        """
            + COLUMNS.formatted(at, price)
            + "    customProperties: [{property: source, value: s}, {property: sequenceBy, value:"
            + " id}]\n");
  }
}
