package org.beamlakehouse.transforms.internal.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.internal.merge.Notation.KeyedChange;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a rule can do without a second look into the data files. */
class NeedsStoredValuesTest {

  @ParameterizedTest(name = "{0} then {1}, {2} deletes: {3}")
  @CsvSource(
      delimiter = ';',
      value = {
        "U(a,b)@5;         U(c,d)@6;          SOFT; false",
        "U(a,b)@5;         U(c,d)@4;          SOFT; false",
        "U(a,b)@5;         D@4;               SOFT; false",
        "U(a,b)@5;         D@4;               HARD; false",
        "U(a,b)@5;         T@4;               SOFT; false",
        "U(a,b)@5;         U(c,?)@4;          SOFT; false",
        "U(a,b)@5;         U(c,d)@6 U(e,?)@2; SOFT; false",
        "U(a,b)@5;         U(c,d)@6 U(c,d)@6; SOFT; false",
        "U(a,b)@5;         U(c,d)@6/1 U(c,d)@6/2; SOFT; false",
        "U(a,b)@5;         U(c,d)@6/1 U(e,f)@6/2; SOFT; true",
        "U(a,b)@5;         D@6;               HARD; false",
        "U(a,b)@5;         T@6;               HARD; false",
        "U(a,b)@5 D(a,b)@6; U(c,d)@4;         SOFT; false",
        "U(a,b)@5;         D(a,b)@6;          SOFT; false",
        "U(a,b)@5;         D@6;               SOFT; true",
        "U(a,b)@5;         T@6;               SOFT; true",
        "U(a,b)@5;         U(c,?)@6;          SOFT; true",
        "U(a,b)@5;         U(c,d)@5;          SOFT; true",
        "U(a,b)@5;         U(a,b)@5;          SOFT; true",
        "U(a,b)@5/1;       U(c,d)@5/2;        SOFT; true",
        "U(a,b)@5 U(c,?)@6; U(d,e)@5;         SOFT; true",
        "U(a,b)@5 U(c,?)@6; U(d,e)@7;         SOFT; false",
        "U(a,b)@5;         U(c,d)@6 U(e,f)@6; SOFT; true",
      })
  void latestByKey(String stored, String arriving, DeleteMode deletes, boolean needsValues) {
    TableDefinition table =
        Tables.table(StorageType.LATEST, List.of("v", "w")).deletes(deletes).build();
    assertThat(needsValues(table, stored, arriving), is(needsValues));
  }

  @ParameterizedTest(name = "{0} then {1}: {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "U(a,b)@5; U(c,d)@6; false",
        "U(a,b)@5; U(c,-)@6; true",
        "U(a,-)@5; U(c,d)@4; true",
      })
  void latestByKeyThatIgnoresNulls(String stored, String arriving, boolean needsValues) {
    TableDefinition table =
        Tables.table(StorageType.LATEST, List.of("v", "w")).ignoreNullColumns(Set.of("w")).build();
    assertThat(needsValues(table, stored, arriving), is(needsValues));
  }

  @ParameterizedTest(name = "{0} then {1}: {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "U(a,b)@5;   U(c,d)@6;   false",
        "U(a,b)@5;   U(c,d)@4;   false",
        "U(a,b)@5;   D@5;        false",
        "U(a,b)@5/1; U(c,d)@5/2; false",
        "U(a,b)@5/2; U(c,d)@5/1; false",
        "U(a,b)@5;   U(a,b)@5;   true",
      })
  void firstByKey(String stored, String arriving, boolean needsValues) {
    TableDefinition table = Tables.table(StorageType.EVENTS, List.of("v", "w")).build();
    assertThat(needsValues(table, stored, arriving), is(needsValues));
  }

  @ParameterizedTest(name = "{0} then {1}: {2}")
  @CsvSource(
      delimiter = ';',
      value = {"D@5; U(c,d)@6; false", "U(a,b)@5; U(c,d)@6; true", "U(a,b)@5; D@4; true"})
  void versionHistory(String stored, String arriving, boolean needsValues) {
    TableDefinition table = Tables.table(StorageType.HISTORY, List.of("v", "w")).build();
    assertThat(needsValues(table, stored, arriving), is(needsValues));
  }

  private static boolean needsValues(TableDefinition table, String stored, String arriving) {
    Notation notation = new Notation(table);
    MergeRule rule = MergeRules.of(table);
    List<Change> before = changes(notation, stored);
    MergeRule.Result result = rule.merge(List.of(), List.of(), before);
    List<Change> remembered = new ArrayList<>(result.remember());
    List<Change> changes = new ArrayList<>(changes(notation, arriving));
    for (Change change : List.copyOf(changes)) {
      if (change.kind() == Change.Kind.TRUNCATE) {
        remembered.add(change);
        changes.remove(change);
      }
    }
    return rule.needsStoredValues(result.rows(), remembered, changes);
  }

  private static List<Change> changes(Notation notation, String text) {
    return notation.changes(text).stream().map(KeyedChange::change).toList();
  }
}
