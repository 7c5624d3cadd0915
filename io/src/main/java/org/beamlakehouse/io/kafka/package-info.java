/**
 * Kafka as a source: which topics and offsets there are, and reading ranges of offsets.
 *
 * <p>Nothing here knows tables or keeps progress; no consumer group is used and nothing is
 * committed to Kafka.
 */
package org.beamlakehouse.io.kafka;
