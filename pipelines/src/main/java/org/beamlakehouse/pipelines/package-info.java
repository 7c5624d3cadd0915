/**
 * The main class of the command line, which scripts, clusters and documentation name; everything
 * else of it is internal.
 */
package org.beamlakehouse.pipelines;
