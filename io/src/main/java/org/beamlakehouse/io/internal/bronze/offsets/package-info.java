/**
 * Taking in planned offsets of Kafka topics: ranges for the workers, writing them, and their commit
 * with the progress.
 */
package org.beamlakehouse.io.internal.bronze.offsets;
