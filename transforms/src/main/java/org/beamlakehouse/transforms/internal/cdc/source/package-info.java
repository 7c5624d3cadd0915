/**
 * What a record says of where its change comes from: the table, the place in the source's log, the
 * times; of Debezium the source block and the {@code __} fields.
 */
package org.beamlakehouse.transforms.internal.cdc.source;
