/**
 * The Beam graph of a run: how the hops are joined to one pipeline, for a batch or for a stream.
 */
package org.beamlakehouse.pipelines.internal.graph;
