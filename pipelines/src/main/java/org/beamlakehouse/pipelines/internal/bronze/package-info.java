/**
 * The hop from sources to bronze: what files and topics have that is new, asked once by a batch and
 * interval by interval by a stream.
 */
package org.beamlakehouse.pipelines.internal.bronze;
