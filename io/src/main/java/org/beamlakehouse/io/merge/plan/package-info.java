/**
 * What a merge is told beside its changes, and how it says that it cannot follow: plans, notes,
 * options, shards and failures.
 */
package org.beamlakehouse.io.merge.plan;
