package org.beamlakehouse.pipelines.internal.silver;

import java.io.Serializable;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.JudgeLogs;

/**
 * How far a dead letter table comes with this run; there is one per source, also where nothing is
 * new.
 *
 * @param logs what is known of the source's logs
 */
record DeadLetterPlan(
    String deadLetterTable, String bronzeTable, Progress.Position upTo, JudgeLogs.Known logs)
    implements Serializable {}
