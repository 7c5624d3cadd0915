/**
 * What all hops of one run share: which run it is, its metrics, and what it has planned and not
 * committed.
 */
package org.beamlakehouse.pipelines.internal.context;
