/**
 * The course of a run from its start to its result: what is asked first, when pipelines start and
 * end, and what is told of them.
 */
package org.beamlakehouse.pipelines.internal.run;
