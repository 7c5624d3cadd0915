/** Records with no envelope, in JSON and Avro: each is a row. */
package org.beamlakehouse.transforms.internal.cdc.plain;
