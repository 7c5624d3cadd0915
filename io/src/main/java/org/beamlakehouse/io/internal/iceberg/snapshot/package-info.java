/**
 * The snapshots of a table: their history, their rows, and commits that are known to be made
 * whatever the catalog answers.
 */
package org.beamlakehouse.io.internal.iceberg.snapshot;
