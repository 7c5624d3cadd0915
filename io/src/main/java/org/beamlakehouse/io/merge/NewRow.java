package org.beamlakehouse.io.merge;

import org.apache.iceberg.StructLike;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A row to write.
 *
 * @param values as {@link TargetShape#toRow} gives them
 * @param before where the stored row lies that this one takes the place of; null for a row that is
 *     new to the table
 */
record NewRow(StructLike values, @Nullable Place before) {}
