/**
 * What every sink is given and gives back: the catalog, the run, what becomes of failures, the
 * progress kept in a table, and the snapshot that was committed.
 */
package org.beamlakehouse.io.iceberg;
