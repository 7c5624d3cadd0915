package org.beamlakehouse.pipelines.internal.gold;

import java.io.Serializable;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One file of an input table to read for a gold product.
 *
 * @param table the input table
 * @param task Iceberg's JSON form of the file with its deletes
 * @param values where not null, only rows for which the product's incremental expression gives one
 *     of these are read
 */
record GoldScan(String table, String task, @Nullable Set<Object> values) implements Serializable {}
