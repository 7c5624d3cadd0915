/**
 * What all ways into bronze share: records written as rows, the run they belong to, and its
 * counters.
 */
package org.beamlakehouse.io.internal.bronze.write;
