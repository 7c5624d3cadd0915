/**
 * Bronze: append-only tables that hold exactly the bytes received and where they came from.
 *
 * <p>{@link org.beamlakehouse.io.bronze.IngestFiles} appends the new files of a source in one
 * snapshot per run and table, {@link org.beamlakehouse.io.bronze.IngestKafka} the new offsets of
 * topics; {@link org.beamlakehouse.io.internal.bronze.read.BronzeScans} and {@link
 * org.beamlakehouse.io.internal.bronze.read.ReadBronze} give the next hop what was appended since
 * it last looked.
 *
 * <p>For operators: which files were ingested is kept in the table {@code <bronze>__files}. It may
 * be compacted and expired as any other; where it was lost, the rows tell which files were
 * ingested, but not what they were. How far topics were read is in the summary itself, under {@code
 * beam-lakehouse.offsets}, and how many offsets were given up under {@code
 * beam-lakehouse.offsets-lost}. Data files of a run that was killed before its commit are orphans
 * and may be removed once no run is active.
 */
package org.beamlakehouse.io.bronze;
