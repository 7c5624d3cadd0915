/**
 * The changes of a shard by their keys: as blocks, in memory, spilled to the local disk, and kept
 * to be merged once more.
 */
package org.beamlakehouse.io.internal.merge.changes;
