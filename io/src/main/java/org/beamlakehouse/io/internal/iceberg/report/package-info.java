/**
 * What a commit says of its run in the summary of its snapshot, and what a person is told of a
 * failure.
 */
package org.beamlakehouse.io.internal.iceberg.report;
