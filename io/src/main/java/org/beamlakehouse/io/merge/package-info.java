/**
 * Merges changes into Iceberg tables: {@link org.beamlakehouse.io.merge.IcebergMerge}.
 *
 * <p>The stages, one file each: {@code PackChanges} collects the changes of a shard in blocks,
 * {@code MergeShards} merges a shard's blocks into what the table has stored and writes files,
 * {@code CommitTables} commits the files of all shards of a table at once. Notes to the commits
 * take the way of the blocks. What they do to tables is in classes that know no Beam: {@code
 * ShardMerge} and {@code TableCommit}.
 *
 * <p>Within a shard: {@code ShardChanges} holds the changes as bytes, on the local disk where they
 * outgrow their memory, and gives them part by part; {@code HashRangeMerge} finds the stored rows
 * of a part's keys ({@code KeyScan}) and applies the rule key by key; {@code TargetWriter} writes.
 * What is held is bounded by {@code MergeOptions}, except that all changes and rows of one key are
 * held together.
 *
 * <p>For operators, the metrics (namespace {@code IcebergMerge}):
 *
 * <table>
 *   <caption>Metrics</caption>
 *   <tr><th>name</th><th>meaning</th><th>what to do</th></tr>
 *   <tr><td>{@code changes}</td><td>changes that came in</td><td>none</td></tr>
 *   <tr><td>{@code data_files_read}</td><td>data files whose keys were read</td><td>where it is
 *       close to the tables' files although few keys change, or grows from run to run: compact the
 *       tables, sorted by key</td></tr>
 *   <tr><td>{@code rows_fetched}</td><td>stored rows read with all their columns</td><td>high for
 *       history tables and for partial updates; else none</td></tr>
 *   <tr><td>{@code passes}</td><td>times that a shard's stored keys were read</td><td>where it is
 *       many times the number of shards, changes did not fit into memory: raise {@code
 *       mergeMemoryMb} or the heap, or give the tables more buckets</td></tr>
 *   <tr><td>{@code shard_millis}</td><td>time to merge one shard</td><td>where the maximum is far
 *       above the mean, a table has too few buckets or none: partition it by {@code bucket(N,
 *       key)}</td></tr>
 *   <tr><td>{@code freshness_millis.<table>}</td><td>gauge: age of the newest change of a table's
 *       last commit when it was made, by the clock of its source</td><td>where it is far above the
 *       commit interval, see what the stages before take</td></tr>
 *   <tr><td>{@code commit_millis}</td><td>time to commit one table</td><td>where it grows, expire
 *       snapshots</td></tr>
 * </table>
 */
package org.beamlakehouse.io.merge;
