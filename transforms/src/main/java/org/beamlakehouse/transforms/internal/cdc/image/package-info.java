/**
 * The rows before and after a change and the key of its message, in JSON or Avro, as a table reads
 * them.
 */
package org.beamlakehouse.transforms.internal.cdc.image;
