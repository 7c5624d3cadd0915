/** The steps of a merge in the graph of a pipeline, and its metrics. */
package org.beamlakehouse.io.internal.merge.graph;
