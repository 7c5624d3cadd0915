/** The commands of the command line: their options, what they print and their exit codes. */
package org.beamlakehouse.pipelines.internal.cli;
