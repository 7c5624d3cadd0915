/**
 * A table's contract compiled for reading records: its cells, the order of its changes, its SQL,
 * and which records feed it.
 */
package org.beamlakehouse.transforms.internal.cdc.tableplan;
