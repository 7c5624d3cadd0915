package org.beamlakehouse.transforms.internal.pack;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.arrayContaining;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChangeMapperTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.123456Z");
  private static final Instant INGESTED = Instant.parse("2026-01-02T03:05:05.999999Z");
  private static final TableDefinition TABLE =
      TableDefinition.builder()
          .name("silver.t")
          .columns(
              Column.of("name", ColumnType.STRING),
              Column.required("id", ColumnType.LONG),
              Column.of("city", ColumnType.STRING))
          .keyColumns("id")
          .build();
  private static final ChangeMapper MAPPER = SerializableUtils.clone(ChangeMapper.of(TABLE, "1.2"));

  @ParameterizedTest
  @EnumSource(names = {"INSERT", "UPDATE", "READ"})
  void whateverLeavesARowIsAnUpsert(Operation operation) {
    Change change =
        MAPPER.map(event(operation).after(row("Ada", 7L, null)).rescuedData("{\"x\":1}").build());
    assertThat(change.kind(), is(Kind.UPSERT));
    assertThat(
        change.values(),
        arrayContaining("Ada", 7L, null, INGESTED, true, null, "1.2", "{\"x\":1}"));
    assertThat(change.unsent(), nullValue());
    assertThat(change.sequence(), equalTo(Sequence.of(5)));
    assertThat(change.eventTime(), equalTo(TIME));
    assertThat(change.validTime().equals(TIME), is(true));
  }

  @Test
  void failedWarnRulesAreFlagged() {
    Change change =
        MAPPER.map(
            event(Operation.INSERT)
                .after(row("Ada", 7L, null))
                .qualityFailure("city_known")
                .build());
    assertThat(
        change.values(),
        arrayContaining("Ada", 7L, null, INGESTED, false, "city_known", "1.2", null));
  }

  @Test
  void unsentColumnsAreMarked() {
    Change change =
        MAPPER.map(
            event(Operation.UPDATE)
                .after(row(null, 7L, "Ulm"))
                .unsentColumns(Set.of("name"))
                .build());
    assertThat(change.unsent(), equalTo(bits(0)));
  }

  static List<Arguments> deletes() {
    return List.of(
        Arguments.of("no image", null, Set.of(), null, bits(0, 2)),
        Arguments.of("image of the key", row(null, 7L, null), Set.of(), null, bits(0, 2)),
        Arguments.of("whole image", row("Ada", 7L, null), Set.of(), "Ada", null),
        Arguments.of("image in part", row("Ada", 7L, null), Set.of("city"), "Ada", bits(2)),
        Arguments.of(
            "image of the key and a placeholder",
            row("unavailable", 7L, null),
            Set.of("name"),
            null,
            bits(0, 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deletes")
  void deletesBringWhatTheSourceSent(
      String title, Row before, Set<String> unsentColumns, String name, BitSet unsent) {
    Change change =
        MAPPER.map(event(Operation.DELETE).before(before).unsentColumns(unsentColumns).build());
    assertThat(change.kind(), is(Kind.DELETE));
    assertThat(change.values()[0], equalTo(name));
    assertThat(change.values()[1], equalTo(7L));
    assertThat(change.values()[3], equalTo(INGESTED));
    assertThat(change.unsent(), equalTo(unsent));
    assertThat(MAPPER.key(change.values()), arrayContaining((Object) 7L));
  }

  @Test
  void truncatesBringNothing() {
    Change change = MAPPER.map(event(Operation.TRUNCATE).key(null).build());
    assertThat(change.kind(), is(Kind.TRUNCATE));
    assertThat(change.values(), nullValue());
    assertThat(change.unsent(), nullValue());
  }

  static List<Arguments> eventTimes() {
    Instant late = INGESTED.minus(Duration.ofHours(1)).minusSeconds(1);
    return List.of(
        Arguments.of(ColumnType.TIMESTAMPTZ, TIME, LocalDate.of(2026, 1, 2), 60L, false),
        Arguments.of(
            ColumnType.TIMESTAMPTZ,
            INGESTED.minus(Duration.ofHours(1)).minusMillis(500),
            LocalDate.of(2026, 1, 2),
            3_600L,
            false),
        Arguments.of(ColumnType.TIMESTAMPTZ, late, LocalDate.of(2026, 1, 2), 3_601L, true),
        Arguments.of(
            ColumnType.TIMESTAMPTZ,
            INGESTED.plusSeconds(10),
            LocalDate.of(2026, 1, 2),
            -10L,
            false),
        Arguments.of(
            ColumnType.TIMESTAMP,
            LocalDateTime.parse("2026-01-01T23:59:59.999999"),
            LocalDate.of(2026, 1, 1),
            11_106L,
            true),
        Arguments.of(
            ColumnType.DATE, LocalDate.of(2026, 1, 2), LocalDate.of(2026, 1, 2), 11_105L, true),
        Arguments.of(ColumnType.TIMESTAMPTZ, null, null, null, null));
  }

  @ParameterizedTest
  @MethodSource("eventTimes")
  void eventsTellTheirDateAndHowLateTheyCame(
      ColumnType type, Object time, LocalDate date, Long lag, Boolean late) {
    TableDefinition table = events(type);
    Row after = Row.withSchema(table.rowSchema()).addValues(7L, time).build();
    Change change = ChangeMapper.of(table, "1.2").map(event(Operation.INSERT).after(after).build());
    assertThat(
        change.values(),
        arrayContaining(7L, time, date, lag, late, INGESTED, true, null, "1.2", null));
    assertThat(change.values().length, equalTo(table.carriedColumns().size()));
  }

  @Test
  void anEventTimeThatIsNoTimeIsRefused() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ChangeMapper.of(events(ColumnType.STRING), "1.2"));
    assertThat(e.getMessage(), containsString("event time at is of type string"));
  }

  @Test
  void structsBecomeListsAtAnyDepth() {
    ColumnType struct =
        ColumnType.struct(List.of(new ColumnType.Field("x", ColumnType.INT, false)));
    TableDefinition table =
        TableDefinition.builder()
            .name("silver.t")
            .columns(
                Column.required("id", ColumnType.LONG),
                Column.of("s", struct),
                Column.of("l", ColumnType.list(struct)),
                Column.of("m", ColumnType.map(ColumnType.STRING, struct)),
                Column.of("plain", ColumnType.list(ColumnType.INT)))
            .keyColumns("id")
            .build();
    Schema inner = struct.toBeam().getRowSchema();
    Row one = Row.withSchema(inner).addValues(1).build();
    Row after =
        Row.withSchema(table.rowSchema())
            .addValues(7L, one, List.of(one), Map.of("a", one), List.of(3))
            .build();
    Object[] values =
        ChangeMapper.of(table, "1.2").map(event(Operation.READ).after(after).build()).values();
    assertThat(values[1], equalTo(List.of(1)));
    assertThat(values[2], equalTo(List.of(List.of(1))));
    assertThat(values[3], equalTo(Map.of("a", List.of(1))));
    assertThat(values[4], equalTo(List.of(3)));
  }

  @Test
  void eventsThatLackWhatTheyNeedAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> MAPPER.map(event(Operation.INSERT).build()));
    assertThrows(
        IllegalArgumentException.class,
        () -> MAPPER.map(event(Operation.DELETE).key(null).build()));
    assertThrows(
        IllegalArgumentException.class,
        () -> MAPPER.map(event(Operation.TRUNCATE).table("silver.other").build()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            MAPPER.map(
                event(Operation.UPDATE)
                    .after(row("Ada", 7L, null))
                    .unsentColumns(Set.of("nix"))
                    .build()));
  }

  private static TableDefinition events(ColumnType time) {
    return TableDefinition.builder()
        .name("silver.t")
        .columns(Column.required("id", ColumnType.LONG), Column.of("at", time))
        .keyColumns("id")
        .storage(StorageType.EVENTS)
        .eventTime("at")
        .allowedLateness(Duration.ofHours(1))
        .build();
  }

  private static ChangeEvent.Builder event(Operation operation) {
    return ChangeEvent.builder()
        .table("silver.t")
        .operation(operation)
        .key(Row.withSchema(TABLE.keySchema()).addValues(7L).build())
        .sequence(Sequence.of(5))
        .eventTime(TIME)
        .validTime(TIME)
        .ingestedAt(INGESTED);
  }

  private static Row row(String name, Long id, String city) {
    return Row.withSchema(TABLE.rowSchema()).addValues(name, id, city).build();
  }

  private static BitSet bits(int... indexes) {
    BitSet bits = new BitSet();
    for (int index : indexes) {
      bits.set(index);
    }
    return bits;
  }
}
