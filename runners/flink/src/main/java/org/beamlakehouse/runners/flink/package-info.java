/**
 * The Flink runner as an engine of Beam Lakehouse: on a cluster as Beam submits it, on one machine
 * as an embedded cluster that lives as long as the process.
 */
package org.beamlakehouse.runners.flink;
