/** Spark SQL with Iceberg in a process of its own, as an independent reader and as a peer. */
package org.beamlakehouse.testing.spark;
