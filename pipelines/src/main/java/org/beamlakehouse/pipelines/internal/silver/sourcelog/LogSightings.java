package org.beamlakehouse.pipelines.internal.silver.sourcelog;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.internal.log.LogPiece;
import org.beamlakehouse.transforms.internal.log.LogTimes;

/**
 * What a piece of bronze tells of its source's logs.
 *
 * @param sequence sequence number of the bronze commit that appended the piece
 * @param pieces what was seen
 * @param tables the logs that ordered changes in it, by the table that they are for
 * @param times how the changes of a table told their order, by the table
 */
public record LogSightings(
    long sequence,
    List<LogPiece> pieces,
    Map<String, Set<String>> tables,
    Map<String, List<LogTimes>> times) {}
