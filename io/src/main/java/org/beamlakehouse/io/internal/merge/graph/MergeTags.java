package org.beamlakehouse.io.internal.merge.graph;

import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;

/** What the steps of a merge hand each other, beside what {@code IcebergMerge} says of it. */
public final class MergeTags {
  /** What the changes are, one plan per table and window. */
  public static final TupleTag<TablePlan> PLANS = new TupleTag<>("plans");

  /** What earlier stages have to say to the commits, by table. */
  public static final TupleTag<KV<String, CommitNote>> NOTES = new TupleTag<>("notes");

  /** Notes to tables that are not those of the merge and came with the changes, by table. */
  public static final TupleTag<KV<String, CommitNote>> OTHER_NOTES = new TupleTag<>("otherNotes");

  /** Notes to the tables of the merge that came with the changes, by table. */
  static final TupleTag<KV<String, CommitNote>> OWN_NOTES = new TupleTag<>("ownNotes");

  /** What was written for a table, by its name. */
  public static final TupleTag<KV<String, ShardResult>> RESULTS = new TupleTag<>("results");

  private MergeTags() {}

  /** Coder of packed changes. */
  public static Coder<KV<Shard, byte[]>> blockCoder() {
    return KvCoder.of(new Shard.Coder(), ByteArrayCoder.of());
  }

  /** Coder of notes. */
  public static Coder<KV<String, CommitNote>> noteCoder() {
    return KvCoder.of(StringUtf8Coder.of(), CommitNote.Coder.of());
  }
}
