package org.beamlakehouse.transforms;

import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.pack.ChangeCoder;
import org.beamlakehouse.transforms.internal.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The changes of one table by the bytes of their keys, and the truncates, which have no key and
 * concern every one, as a view.
 */
record KeyedChanges(
    PCollection<KV<byte[], Change>> changes, PCollectionView<List<Change>> truncates) {

  static KeyedChanges of(TableDefinition table, PCollection<ChangeEvent> events) {
    TupleTag<KV<byte[], Change>> keyed = new TupleTag<>() {};
    TupleTag<Change> truncates = new TupleTag<>() {};
    PCollectionTuple split =
        events.apply(
            "KeyChanges",
            ParDo.of(new KeyFn(table, keyed, truncates))
                .withOutputTags(keyed, TupleTagList.of(truncates)));
    ChangeCoder coder = ChangeCoder.of(table);
    return new KeyedChanges(
        split.get(keyed).setCoder(KvCoder.of(ByteArrayCoder.of(), coder)),
        split.get(truncates).setCoder(coder).apply("Truncates", View.asList()));
  }

  static final class KeyFn extends DoFn<ChangeEvent, KV<byte[], Change>> {
    private final TableDefinition table;
    private final ChangeMapper mapper;
    private final TupleTag<KV<byte[], Change>> keyed;
    private final TupleTag<Change> truncates;
    private transient @Nullable ChangeCodec codec;

    KeyFn(TableDefinition table, TupleTag<KV<byte[], Change>> keyed, TupleTag<Change> truncates) {
      this.table = table;
      // The provenance columns travel to break ties, but are in no output.
      this.mapper = ChangeMapper.of(table, "");
      this.keyed = keyed;
      this.truncates = truncates;
    }

    @Setup
    public void setup() {
      codec = ChangeCodec.of(table);
    }

    @ProcessElement
    public void process(@Element ChangeEvent event, MultiOutputReceiver out) {
      Change change = mapper.map(event);
      if (change.kind() == Kind.TRUNCATE) {
        out.get(truncates).output(change);
      } else {
        byte[] key = codec.keyBytes(mapper.key(change.values()));
        out.get(keyed).output(KV.of(key, change));
      }
    }
  }
}
