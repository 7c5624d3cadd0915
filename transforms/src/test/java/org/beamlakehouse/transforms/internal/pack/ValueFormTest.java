package org.beamlakehouse.transforms.internal.pack;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.codec.RandomValues;
import org.beamlakehouse.transforms.internal.codec.RandomValues.TypedRow;
import org.beamlakehouse.transforms.table.ColumnType;

class ValueFormTest {

  @Provide
  Arbitrary<TypedRow> rows() {
    return RandomValues.rows();
  }

  @Property(tries = 300)
  void valuesOfBothFormsStandForEachOther(@ForAll("rows") TypedRow row) {
    Object[] values = new Object[row.values().length];
    BeamValues.of(row.columns()).copy(row.values(), values);
    Row expected = RandomValues.toBeam(row.columns(), row.values());
    assertThat(Row.withSchema(expected.getSchema()).attachValues(values), equalTo(expected));
    for (int i = 0; i < values.length; i++) {
      ColumnType type = row.columns().get(i).type();
      Object back = ValueForm.toRule(type).apply(expected.getValue(i));
      assertThat(RandomValues.same(back, row.values()[i]), is(true));
    }
  }

  @Example
  void whatHoldsNoStructIsLeftAsItIs() {
    List<Integer> list = List.of(1, 2);
    assertThat(ValueForm.toRule(ColumnType.list(ColumnType.INT)).apply(list), sameInstance(list));
  }
}
