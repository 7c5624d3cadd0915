/**
 * The merge of one shard of a table, one range of key hashes after the other, and the counts of
 * what it did to rows.
 */
package org.beamlakehouse.io.internal.merge.shard;
