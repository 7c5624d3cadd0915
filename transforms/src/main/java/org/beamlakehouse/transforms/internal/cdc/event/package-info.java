/**
 * From the values of a row to the change event, or to why there is none: order, contract
 * violations, tombstones, and the sink that all formats send to.
 */
package org.beamlakehouse.transforms.internal.cdc.event;
