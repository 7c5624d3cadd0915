/**
 * The files that a merge writes: new rows, deletes of stored ones, files written anew, and what the
 * ledger is to remember.
 */
package org.beamlakehouse.io.internal.merge.write;
