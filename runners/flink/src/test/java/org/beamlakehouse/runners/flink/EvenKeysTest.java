package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.oneOf;

import java.util.Arrays;
import org.apache.beam.runners.flink.translation.types.EncodedValueComparator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.flink.util.MathUtils;
import org.beamlakehouse.io.merge.IcebergMerge;
import org.beamlakehouse.io.merge.plan.Shard;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of the merge's shards under the hash that Flink spreads a batch by. */
class EvenKeysTest {
  private static final EncodedValueComparator COMPARATOR = new EncodedValueComparator(true);

  @ParameterizedTest
  @CsvSource({"8, 2", "8, 4", "8, 8", "12, 3", "16, 5", "12, 6", "32, 10", "64, 16", "7, 2"})
  void shardsOfATableGoToWorkersInTurn(int shards, int workers) throws Exception {
    Coder<Shard> coder = ((KvCoder<Shard, byte[]>) IcebergMerge.blockCoder()).getKeyCoder();
    for (String table : new String[] {"silver.orders", "silver.customers", "gold.älter"}) {
      Integer[] load = new Integer[workers];
      Arrays.fill(load, 0);
      for (int index = 0; index < shards; index++) {
        byte[] key = CoderUtils.encodeToByteArray(coder, new Shard(table, index, shards));
        load[MathUtils.murmurHash(COMPARATOR.hash(key)) % workers]++;
      }
      int even = shards / workers;
      assertThat(
          Arrays.stream(load).map(one -> one - even).toList(),
          everyItem(shards % workers == 0 ? is(0) : oneOf(0, 1)));
    }
  }
}
