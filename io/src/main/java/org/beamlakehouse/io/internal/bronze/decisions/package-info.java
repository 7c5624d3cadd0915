/** What operators said of records of a bronze table, kept in a table beside it. */
package org.beamlakehouse.io.internal.bronze.decisions;
