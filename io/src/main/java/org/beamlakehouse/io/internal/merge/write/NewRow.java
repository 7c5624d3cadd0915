package org.beamlakehouse.io.internal.merge.write;

import org.apache.iceberg.StructLike;
import org.beamlakehouse.io.internal.merge.stored.StoredPosition;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A row to write.
 *
 * @param values as {@link TargetShape#toRow} gives them
 * @param before where the stored row lies that this one takes the place of; null for a row that is
 *     new to the table
 */
public record NewRow(StructLike values, @Nullable StoredPosition before) {}
