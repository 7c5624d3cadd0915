/** What an ingest is to take in: requests for files, and plans of the offsets of Kafka topics. */
package org.beamlakehouse.io.bronze.plan;
