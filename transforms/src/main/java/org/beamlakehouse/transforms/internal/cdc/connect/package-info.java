/**
 * Kafka Connect's JSON of {@code schema} and {@code payload}: finds the payload, and reads the
 * schema to wire types.
 */
package org.beamlakehouse.transforms.internal.cdc.connect;
