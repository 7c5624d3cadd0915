/**
 * The whole job, from files of changes to committed tables, done by this project and by others in
 * processes of their own, on the same input and checked against the same oracle.
 */
package org.beamlakehouse.benchmarks.job;
