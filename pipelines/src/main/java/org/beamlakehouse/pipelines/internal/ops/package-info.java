/** The tables ops.runs and ops.quality, in which every run records what it did. */
package org.beamlakehouse.pipelines.internal.ops;
