/**
 * What a user of {@code ParseCdc} names: the format of the records, and what gives the schemas that
 * Avro records were written with.
 */
package org.beamlakehouse.transforms.cdc;
