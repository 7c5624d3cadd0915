/**
 * Beam transforms that parse, deduplicate, historise and check changes; each is whole without any
 * table behind it.
 */
package org.beamlakehouse.transforms;
