/** Debezium's change events, in JSON and Avro, with an envelope or flattened. */
package org.beamlakehouse.transforms.internal.cdc.debezium;
