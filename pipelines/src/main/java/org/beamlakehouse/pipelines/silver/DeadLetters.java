package org.beamlakehouse.pipelines.silver;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.SideFile;

/**
 * What one task found that no table can take.
 *
 * @param deadLetterTable the table for it
 * @param files files with the records, not committed yet
 * @param counts dead letters and records that are no rows, by reason
 */
record DeadLetters(String deadLetterTable, List<SideFile> files, Map<String, Long> counts)
    implements Serializable {}
