package org.beamlakehouse.transforms.change;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.RandomEvents.TableEvents;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;

class ChangeEventCoderTest {
  private static final TableDefinition ORDERS = table("silver.orders");
  private static final TableDefinition CUSTOMERS = table("silver.customers");
  private static final ChangeEventCoder CODER = ChangeEventCoder.of(List.of(ORDERS, CUSTOMERS));

  @Provide
  Arbitrary<TableEvents> tables() {
    return RandomEvents.tables("silver.t");
  }

  @Property(tries = 200)
  void changesOfAnyTableComeBackAsTheyWere(@ForAll("tables") TableEvents random) throws Exception {
    ChangeEventCoder coder = ChangeEventCoder.of(List.of(CUSTOMERS, random.table()));
    for (ChangeEvent event : random.events()) {
      CoderProperties.coderDecodeEncodeEqual(coder, event);
      CoderProperties.structuralValueDecodeEncodeEqual(coder, event);
    }
  }

  @Property(tries = 100)
  void changesAreEqualExactlyWhereTheirBytesAre(@ForAll("tables") TableEvents random)
      throws Exception {
    ChangeEventCoder coder = ChangeEventCoder.of(random.table());
    for (ChangeEvent one : random.events()) {
      for (ChangeEvent other : random.events()) {
        CoderProperties.coderConsistentWithEquals(coder, one, other);
      }
      CoderProperties.coderDeterministic(coder, one, CoderUtils.clone(coder, one));
    }
  }

  @Test
  void keysThatTheRowDoesNotTellAreKept() throws Exception {
    ChangeEvent moved = upsert(ORDERS, 1).toBuilder().key(key(ORDERS, 2)).build();
    CoderProperties.coderDecodeEncodeEqual(CODER, moved);
    ChangeEvent keyOnly =
        upsert(ORDERS, 1).toBuilder().operation(Operation.DELETE).after(null).build();
    CoderProperties.coderDecodeEncodeEqual(CODER, keyOnly);
  }

  @Test
  void tablesAreToldApart() throws Exception {
    CoderProperties.coderDecodeEncodeEqual(CODER, upsert(ORDERS, 1));
    CoderProperties.coderDecodeEncodeEqual(CODER, upsert(CUSTOMERS, 1));
  }

  @Test
  void isTheSameCoderWhateverTheOrderOfTheTables() throws Exception {
    ChangeEventCoder other = ChangeEventCoder.of(List.of(CUSTOMERS, ORDERS));
    assertThat(other, equalTo(CODER));
    assertThat(
        CoderUtils.encodeToByteArray(other, upsert(ORDERS, 1)),
        equalTo(CoderUtils.encodeToByteArray(CODER, upsert(ORDERS, 1))));
    CoderProperties.coderSerializable(CODER);
  }

  @Test
  void smallChangesTakeFewBytes() throws Exception {
    assertThat(CoderUtils.encodeToByteArray(CODER, upsert(ORDERS, 1)).length, lessThan(60));
  }

  @Test
  void isTheDefaultCoderWhereRegistered() throws Exception {
    Pipeline pipeline = Pipeline.create();
    ChangeEventCoder.register(pipeline, List.of(ORDERS, CUSTOMERS));
    assertThat(pipeline.getCoderRegistry().getCoder(ChangeEvent.class), equalTo(CODER));
  }

  @Test
  void whatToSetIsToldWhereNoneIsRegistered() {
    CoderRegistry registry = Pipeline.create().getCoderRegistry();
    Exception e =
        assertThrows(CannotProvideCoderException.class, () -> registry.getCoder(ChangeEvent.class));
    // Beam shows these below its own words.
    assertThat(
        Arrays.toString(e.getSuppressed()),
        containsString("setCoder(ChangeEventCoder.of(tables))"));
  }

  @Test
  void changesOfOtherTablesAreRefusedByName() {
    ChangeEvent other = upsert(ORDERS, 1).toBuilder().table("silver.items").build();
    Exception e =
        assertThrows(CoderException.class, () -> CoderUtils.encodeToByteArray(CODER, other));
    assertThat(
        e.getMessage(), allOf(containsString("silver.items"), containsString("silver.orders")));
  }

  @Test
  void unsentColumnsOutsideTheTableAreRefused() {
    ChangeEvent odd = upsert(ORDERS, 1).toBuilder().unsentColumns(Set.of("nix")).build();
    Exception e =
        assertThrows(CoderException.class, () -> CoderUtils.encodeToByteArray(CODER, odd));
    assertThat(e.getMessage(), containsString("nix"));
  }

  @Test
  void brokenBytesAreRefused() throws Exception {
    byte[] bytes = CoderUtils.encodeToByteArray(CODER, upsert(ORDERS, 1));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> CODER.decode(new ByteArrayInputStream(cut)));
    }
    bytes[1] = 9;
    assertThrows(CoderException.class, () -> CoderUtils.decodeFromByteArray(CODER, bytes));
  }

  @Test
  void needsEveryTableOnce() {
    assertThrows(IllegalArgumentException.class, () -> ChangeEventCoder.of(List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> ChangeEventCoder.of(List.of(ORDERS, ORDERS)));
  }

  private static TableDefinition table(String name) {
    return TableDefinition.builder()
        .name(name)
        .columns(Column.of("name", ColumnType.STRING), Column.required("id", ColumnType.LONG))
        .keyColumns("id")
        .build();
  }

  private static Row key(TableDefinition table, long id) {
    return Row.withSchema(table.keySchema()).addValues(id).build();
  }

  private static ChangeEvent upsert(TableDefinition table, long id) {
    Instant time = Instant.parse("2026-01-02T03:04:05.123456Z");
    return ChangeEvent.builder()
        .table(table.name())
        .operation(Operation.UPDATE)
        .key(key(table, id))
        .after(Row.withSchema(table.rowSchema()).addValues("Ada", id).build())
        .sequence(Sequence.of(5))
        .eventTime(time)
        .validTime(time)
        .ingestedAt(time.plusSeconds(1))
        .build();
  }
}
