package org.beamlakehouse.pipelines.internal.silver;

import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.io.internal.bronze.read.BronzeScan;
import org.beamlakehouse.transforms.internal.log.LogBeginning;

/**
 * A piece of a bronze table to read, and what for.
 *
 * @param bronzeTable the bronze table
 * @param scan the piece
 * @param tables silver tables to which its records are new
 * @param quarantines those of them whose quarantine has recorded nothing of this piece; of the
 *     others, which may have been judged by another contract, each record is looked up
 * @param discarded batches of bronze that tables pass over, by their names
 * @param deadLetters whether the dead letter table has not recorded this piece yet
 * @param newLogs where the source's logs begin anew, as operators have told
 */
record ConformTask(
    String bronzeTable,
    BronzeScan scan,
    Set<String> tables,
    Set<String> quarantines,
    Map<String, Set<String>> discarded,
    boolean deadLetters,
    List<LogBeginning> newLogs)
    implements Serializable {

  /** The tables to which the records of a batch of bronze are new. */
  Set<String> tablesOf(String batchId) {
    Set<String> of = new LinkedHashSet<>(tables);
    of.removeIf(table -> discarded.getOrDefault(table, Set.of()).contains(batchId));
    return of;
  }
}
