/** What the job costs: micro benchmarks with JMH, and whole processes against other systems. */
package org.beamlakehouse.benchmarks;
