/**
 * Data files that are not yet part of a table: writing them, writing them anew, and handing them to
 * a commit.
 */
package org.beamlakehouse.io.internal.iceberg.datafile;
