/**
 * The commit of a table: whether it may be made, its attempts, bringing results onto newer
 * snapshots, and the order of quarantine, ledger and target.
 */
package org.beamlakehouse.io.internal.merge.commit;
