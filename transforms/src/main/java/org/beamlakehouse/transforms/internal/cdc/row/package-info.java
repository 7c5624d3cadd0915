/**
 * The tree of the fields that a table reads, the cells for their values, and the reading of a JSON
 * object into them.
 */
package org.beamlakehouse.transforms.internal.cdc.row;
