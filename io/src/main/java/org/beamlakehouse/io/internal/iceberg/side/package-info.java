/**
 * The tables beside others that keep records which were put aside, quarantine and dead letters, and
 * appending to them once.
 */
package org.beamlakehouse.io.internal.iceberg.side;
