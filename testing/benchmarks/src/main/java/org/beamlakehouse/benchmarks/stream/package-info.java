/** The stream on real servers: how long a change takes to be readable, and how many go through. */
package org.beamlakehouse.benchmarks.stream;
