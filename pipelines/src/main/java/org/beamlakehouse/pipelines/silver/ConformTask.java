package org.beamlakehouse.pipelines.silver;

import java.io.Serializable;
import java.util.Set;
import org.beamlakehouse.io.bronze.BronzeScan;

/**
 * A piece of a bronze table to read, and what for.
 *
 * @param bronzeTable the bronze table
 * @param scan the piece
 * @param tables silver tables to which its records are new
 * @param quarantines those of them whose quarantine has not recorded this piece yet
 * @param deadLetters whether the dead letter table has not recorded this piece yet
 */
record ConformTask(
    String bronzeTable,
    BronzeScan scan,
    Set<String> tables,
    Set<String> quarantines,
    boolean deadLetters)
    implements Serializable {}
