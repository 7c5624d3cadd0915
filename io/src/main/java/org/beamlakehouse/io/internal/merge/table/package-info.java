/**
 * The tables that are merged into as a merge finds them: their columns, partitions and shards, and
 * what their snapshots say of earlier merges.
 */
package org.beamlakehouse.io.internal.merge.table;
