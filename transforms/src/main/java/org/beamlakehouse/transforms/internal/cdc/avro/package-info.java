/** From Avro's bytes and their writer's schema to column values and the cells of a row. */
package org.beamlakehouse.transforms.internal.cdc.avro;
