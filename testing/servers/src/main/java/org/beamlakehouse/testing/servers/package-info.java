/**
 * JUnit extensions that start real servers, each in processes of its own on the loopback interface:
 * what a streaming pipeline reads from, runs on and writes to, killed and restarted at will.
 *
 * <p>A server starts before the first test of the class that registers it and ends after the last,
 * or with the process of the tests, however that ends. Without JUnit, {@link
 * org.beamlakehouse.testing.servers.ServerExtension#start} and {@code close} do the same. Servers
 * keep their files in a temporary folder that goes with them, and their ports over a restart.
 */
package org.beamlakehouse.testing.servers;
