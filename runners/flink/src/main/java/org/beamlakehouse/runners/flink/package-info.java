/**
 * The Flink runner as an engine of Beam Lakehouse: jobs on a cluster elsewhere, or on one machine
 * in an embedded cluster that lives as long as the process.
 */
package org.beamlakehouse.runners.flink;
