package org.beamlakehouse.io.internal.merge.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.beamlakehouse.io.internal.merge.changes.ReplayLog;
import org.beamlakehouse.io.merge.plan.Shard;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What one worker prepared for the commit of a table: files that are written but not yet part of
 * it. Files are as {@code ContentFileParser} writes them.
 *
 * @param id of this piece of work; no other has it
 * @param merged false where the table is no longer split as the changes were when they came: they
 *     are only {@linkplain #changes kept}, for the commit to merge them
 * @param base snapshot of the target that was merged into; null where it had none
 * @param ledgerBase snapshot of the ledger that was read; null where there was none
 * @param dataFiles new rows
 * @param deleteFiles new deletion vectors
 * @param rewrittenDeleteFiles vectors that new ones stand for
 * @param removedDataFiles data files of which no row is left
 * @param referencedDataFiles locations of the data files that new vectors delete from
 * @param ledgerFiles changes to remember
 * @param counts rows inserted, updated, deleted and changes ignored
 * @param startedMillis when the work began (epoch milliseconds)
 * @param changes what was merged, in case it has to be merged again; null where it never will
 */
public record ShardResult(
    UUID id,
    Shard shard,
    boolean merged,
    @Nullable Long base,
    @Nullable Long ledgerBase,
    List<String> dataFiles,
    List<String> deleteFiles,
    List<String> rewrittenDeleteFiles,
    List<String> removedDataFiles,
    List<String> referencedDataFiles,
    List<String> ledgerFiles,
    Map<String, Long> counts,
    long startedMillis,
    @Nullable ReplayLog changes) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** True where the rows of the target stay as they are. */
  public boolean changesNothing() {
    return dataFiles.isEmpty() && deleteFiles.isEmpty() && removedDataFiles.isEmpty();
  }

  /** This result with the changes it was made of. */
  public ShardResult keeping(ReplayLog kept) {
    return with(base, ledgerBase, kept);
  }

  /** This result where nothing it relies on has changed up to other snapshots. */
  public ShardResult on(@Nullable Long newBase, @Nullable Long newLedgerBase) {
    return with(newBase, newLedgerBase, changes);
  }

  private ShardResult with(
      @Nullable Long newBase, @Nullable Long newLedgerBase, @Nullable ReplayLog kept) {
    return new ShardResult(
        id,
        shard,
        merged,
        newBase,
        newLedgerBase,
        dataFiles,
        deleteFiles,
        rewrittenDeleteFiles,
        removedDataFiles,
        referencedDataFiles,
        ledgerFiles,
        counts,
        startedMillis,
        kept);
  }

  /** Coder of {@link ShardResult}. */
  public static final class Coder extends AtomicCoder<ShardResult> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(ShardResult result, OutputStream stream) throws IOException {
      try {
        ByteArrayCoder.of().encode(JSON.writeValueAsBytes(result), stream);
      } catch (JsonProcessingException e) {
        throw new CoderException("Cannot encode the result of " + result.shard(), e);
      }
    }

    @Override
    public ShardResult decode(InputStream stream) throws IOException {
      return JSON.readValue(ByteArrayCoder.of().decode(stream), ShardResult.class);
    }
  }
}
