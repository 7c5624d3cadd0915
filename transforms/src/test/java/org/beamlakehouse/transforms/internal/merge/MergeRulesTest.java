package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MergeRulesTest {

  @Test
  void followsTheStorageType() {
    assertThat(rule(StorageType.LATEST), instanceOf(LatestByKey.class));
    assertThat(rule(StorageType.HISTORY), instanceOf(VersionHistory.class));
    assertThat(rule(StorageType.EVENTS), instanceOf(FirstByKey.class));
  }

  @Test
  void refusesAnOrderThatIsNone() {
    TableDefinition table =
        Tables.table(StorageType.LATEST, List.of("v"))
            .sequenceTypes(Map.of("seq", ColumnType.BINARY))
            .build();
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> MergeRules.of(table));
    assertThat(error.getMessage(), containsString("Cannot merge silver.things"));
  }

  @ParameterizedTest
  @EnumSource(StorageType.class)
  void rulesTravelToWorkers(StorageType storage) throws Exception {
    TableDefinition table = Tables.table(storage, List.of("v")).build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(MergeRules.of(table));
    }
    MergeRule copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (MergeRule) in.readObject();
    }
    Change change = new Notation(table).change("U(a)@1");
    assertThat(copy.merge(List.of(), List.of(), List.of(change)).rows().size(), is(1));
  }

  @ParameterizedTest
  @EnumSource(StorageType.class)
  void nothingToMergeLeavesTheRows(StorageType storage) {
    StoredRow row = new StoredRow(new Object[7], Sequence.of(5), null, 5L, null);
    MergeRule rule = rule(storage);
    assertThat(rule.needsStoredValues(List.of(row), List.of(), List.of()), is(false));
    MergeRule.Result result = rule.merge(List.of(row), List.of(), List.of());
    assertThat(result.rows().get(0), sameInstance(row));
    assertThat(result.remember(), empty());
  }

  @Test
  void completeUpsertsAndSoftDeletesOfDistinctOrdersRememberNothing() {
    TableDefinition table = Tables.table(StorageType.LATEST, List.of("v")).build();
    Notation notation = new Notation(table);
    Random random = new Random(7);
    for (int history = 0; history < 500; history++) {
      KeyedStore store = new KeyedStore(MergeRules.of(table));
      for (int i = 0; i < 8; i++) {
        String kind = random.nextInt(3) == 0 ? "D" : "U";
        String value = random.nextBoolean() ? "a" : "-";
        int order = random.nextInt(1_000) * 10 + i;
        store.apply(notation.changes(kind + "(" + value + ")@" + order));
      }
      assertThat(store.remembered(), is(0));
    }
  }

  @Test
  void aHardDeleteRemembersTheKeyAndNoOtherValue() {
    TableDefinition table =
        Tables.table(StorageType.LATEST, List.of("v")).deletes(DeleteMode.HARD).build();
    Change delete = new Notation(table).change("D(secret)@5");
    delete.values()[delete.values().length - 1] = "{\"rescued\":\"secret\"}";
    MergeRule rule = MergeRules.of(table);
    Change remembered = rule.merge(List.of(), List.of(), List.of(delete)).remember().get(0);
    assertThat(remembered.sends(0), is(true));
    assertThat(remembered.sends(1), is(false));
    assertThat(remembered.values()[1], nullValue());
    assertThat(remembered.values()[delete.values().length - 1], nullValue());
    StoredRow row = StoredRow.live(new Object[] {1, "secret"}, Sequence.of(4));
    assertThat(
        rule.merge(List.of(row), List.of(), List.of(delete)).remember().get(0).values()[1],
        nullValue());
  }

  @Test
  void provenanceIsThatOfTheChangeThatLastChangedTheRow() {
    TableDefinition table =
        Tables.table(StorageType.HISTORY, List.of("name", "city"))
            .trackedColumns(List.of("name"))
            .build();
    Notation notation = new Notation(table);
    KeyedStore store = new KeyedStore(MergeRules.of(table));
    store.apply(notation.changes("U(a,x)@10 U(a,y)@20 U(a,y)@30"));
    assertThat(store.rows().get(0).values()[3], is(notation.change("U(a,y)@20").eventTime()));
  }

  @Test
  void theProvenanceOfATruncatedRowIsThatOfItsLastChange() {
    TableDefinition table = Tables.table(StorageType.LATEST, List.of("v")).build();
    Notation notation = new Notation(table);
    KeyedStore store = new KeyedStore(MergeRules.of(table));
    store.apply(notation.changes("U(a)@10 T@20"));
    assertThat(store.rows().get(0).values()[2], is(notation.change("U(a)@10").eventTime()));
  }

  @Test
  void rescuedDataMakesADifferentChange() {
    TableDefinition table = Tables.table(StorageType.LATEST, List.of("v")).build();
    Notation notation = new Notation(table);
    Change plain = notation.change("U(a)@10");
    Change rescued = notation.change("U(a)@10");
    int last = rescued.values().length - 1;
    rescued.values()[last] = "{}";
    MergeRule rule = MergeRules.of(table);
    for (List<Change> changes : List.of(List.of(plain, rescued), List.of(rescued, plain))) {
      StoredRow row = rule.merge(List.of(), List.of(), changes).rows().get(0);
      assertThat(row.values()[last], is("{}"));
    }
  }

  private static MergeRule rule(StorageType storage) {
    return MergeRules.of(Tables.table(storage, List.of("v")).build());
  }
}
