/**
 * Asking Kafka: clients, which offsets topics hold, reading ranges of them, and telling its
 * failures in one line.
 */
package org.beamlakehouse.io.internal.kafka;
