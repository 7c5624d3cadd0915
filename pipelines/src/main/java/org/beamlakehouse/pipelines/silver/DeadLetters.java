package org.beamlakehouse.pipelines.silver;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What one task found that no table can take.
 *
 * @param deadLetterTable the table for it
 * @param files data files with the records (Iceberg's JSON form), not committed yet
 * @param counts dead letters and records that are no rows, by reason
 */
record DeadLetters(String deadLetterTable, List<String> files, Map<String, Long> counts)
    implements Serializable {}
