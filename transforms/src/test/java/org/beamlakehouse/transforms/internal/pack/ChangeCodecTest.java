package org.beamlakehouse.transforms.internal.pack;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.beamlakehouse.transforms.change.RandomEvents;
import org.beamlakehouse.transforms.change.RandomEvents.TableEvents;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.codec.RandomValues;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;

/** The codec of changes and the blocks made of them. */
class ChangeCodecTest {
  private static final TableDefinition TABLE =
      TableDefinition.builder()
          .name("silver.t")
          .columns(
              Column.of("name", ColumnType.STRING),
              Column.required("b", ColumnType.BINARY),
              Column.required("a", ColumnType.LONG))
          .keyColumns("a", "b")
          .sequenceBy("n")
          .build();
  private static final ChangeCodec CODEC = ChangeCodec.of(TABLE);

  @Provide
  Arbitrary<TableEvents> tables() {
    return RandomEvents.tables("silver.t");
  }

  @Property(tries = 300)
  void changesOfAnyTableComeBackAsTheyWere(@ForAll("tables") TableEvents random) {
    ChangeMapper mapper = ChangeMapper.of(random.table(), "1.0");
    ChangeCodec codec = ChangeCodec.of(random.table());
    for (var event : random.events()) {
      Change change = mapper.map(event);
      assertSame(codec.fromBytes(codec.toBytes(change)), change);
    }
  }

  @Property(tries = 200)
  void blocksGiveBackTheirChangesInOrder(
      @ForAll("tables") TableEvents random, @ForAll @IntRange(min = 1, max = 400) int target) {
    ChangeMapper mapper = ChangeMapper.of(random.table(), "1.0");
    ChangeCodec codec = ChangeCodec.of(random.table());
    List<Change> changes = random.events().stream().map(mapper::map).toList();
    ChangeBlock.Writer writer = ChangeBlock.writer(codec, target);
    List<byte[]> blocks = new ArrayList<>();
    for (Change change : changes) {
      writer.add(change);
      if (writer.isFull()) {
        blocks.add(writer.finish());
      }
    }
    blocks.add(writer.finish());
    List<Change> read = new ArrayList<>();
    for (byte[] block : blocks) {
      ChangeBlock.Cursor cursor = ChangeBlock.of(codec, block).cursor();
      for (Change change : ChangeBlock.of(codec, block)) {
        cursor.advance();
        read.add(change);
        byte[] key =
            change.values() == null ? new byte[0] : codec.keyBytes(mapper.key(change.values()));
        assertThat(cursor.keyBytes(), equalTo(key));
      }
      assertThat(cursor.hasNext(), is(false));
    }
    assertThat(read.size(), equalTo(changes.size()));
    for (int i = 0; i < read.size(); i++) {
      assertSame(read.get(i), changes.get(i));
    }
  }

  @Test
  void keysComeBackFromTheirBytes() {
    Object[] key = {7L, new byte[] {1, 2}};
    assertThat(RandomValues.same(CODEC.key(CODEC.keyBytes(key)), key), is(true));
  }

  @Test
  void whatStandsForAnUnsentValueMeansNothing() {
    BitSet name = new BitSet();
    name.set(0);
    byte[] one = CODEC.toBytes(upsert("x", name));
    assertThat(CODEC.toBytes(upsert("y", name)), equalTo(one));
    assertThat(CODEC.fromBytes(one).values()[0], nullValue());
  }

  @Test
  void noUnsentColumnsAndNoneNamedAreTheSame() {
    assertThat(CODEC.toBytes(upsert("x", new BitSet())), equalTo(CODEC.toBytes(upsert("x", null))));
    assertThat(CODEC.fromBytes(CODEC.toBytes(upsert("x", new BitSet()))).unsent(), nullValue());
  }

  @Test
  void anUnsentKeyIsRefusedByName() {
    BitSet key = new BitSet();
    key.set(2);
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> CODEC.toBytes(upsert("x", key)));
    assertThat(e.getMessage(), containsString("key column a"));
  }

  @Test
  void truncatesHaveNoKey() {
    Change truncate = new Change(Kind.TRUNCATE, Sequence.of(3), Instant.EPOCH, 3L, null, null);
    ChangeBlock.Writer writer = ChangeBlock.writer(CODEC);
    writer.add(truncate);
    ChangeBlock block = ChangeBlock.of(CODEC, writer.finish());
    ChangeBlock.Cursor cursor = block.cursor();
    cursor.advance();
    assertThat(cursor.keyLength(), is(0));
    assertSame(cursor.change(), truncate);
    assertThat(block.count(), is(1));
    assertThrows(NoSuchElementException.class, cursor::advance);
  }

  @Test
  void aRefusedChangeLeavesTheBlockAsItWas() {
    ChangeBlock.Writer writer = ChangeBlock.writer(CODEC);
    writer.add(upsert("x", null));
    Object[] wrong = upsert("x", null).values();
    wrong[2] = "no long";
    Change broken = new Change(Kind.UPSERT, Sequence.of(1), Instant.EPOCH, 1L, wrong, null);
    assertThrows(IllegalArgumentException.class, () -> writer.add(broken));
    assertThat(ChangeBlock.of(CODEC, writer.finish()).count(), is(1));
    assertThat(writer.isEmpty(), is(true));
  }

  @Test
  void brokenBlocksAreRefused() {
    ChangeBlock.Writer writer = ChangeBlock.writer(CODEC);
    writer.add(upsert("x", null));
    byte[] bytes = writer.finish();
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThrows(
        IllegalArgumentException.class, () -> ChangeBlock.of(CODEC, cut).iterator().next());
  }

  private static Change upsert(String name, BitSet unsent) {
    Object[] values = new Object[TABLE.carriedColumns().size()];
    values[0] = name;
    values[1] = new byte[] {9};
    values[2] = 5L;
    return new Change(Kind.UPSERT, Sequence.of(1), Instant.EPOCH, 1L, values, unsent);
  }

  private static void assertSame(Change actual, Change expected) {
    assertThat(actual.kind(), equalTo(expected.kind()));
    assertThat(actual.sequence(), equalTo(expected.sequence()));
    assertThat(actual.eventTime(), equalTo(expected.eventTime()));
    assertThat(Objects.equals(actual.validTime(), expected.validTime()), is(true));
    assertThat(actual.unsent(), equalTo(expected.unsent()));
    assertThat(actual.values() == null, is(expected.values() == null));
    for (int i = 0; expected.values() != null && i < expected.values().length; i++) {
      Object value = expected.sends(i) ? expected.values()[i] : null;
      assertThat(RandomValues.same(actual.values()[i], value), is(true));
    }
  }
}
