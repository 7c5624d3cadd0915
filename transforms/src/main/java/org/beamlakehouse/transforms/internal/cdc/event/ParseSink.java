package org.beamlakehouse.transforms.internal.cdc.event;

import java.util.List;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Takes what the parser makes of a record. Every record gives at least one call; a record that
 * feeds several tables gives one or more for each. No error text holds a value of the record.
 */
public interface ParseSink {

  /** A typed change of a table. */
  void change(TableDefinition table, ChangeEvent event);

  /**
   * A record of a known table that does not keep its contract.
   *
   * @param failedRules {@code type:COLUMN}, {@code required:COLUMN}, {@code key:COLUMN}, {@code
   *     unknown:FIELD}, {@code expression:NAME} or {@code sequence}; some may repeat
   * @param error what is wrong, naming columns and types
   */
  void quarantine(TableDefinition table, List<String> failedRules, String error);

  /** A record that cannot be read as one of the source's format. */
  void deadLetter(String error);

  /**
   * A record of a known table that was written with a schema by which some column can never have a
   * value. By default a dead letter.
   *
   * @param error which column, its type and that of the schema's field
   */
  default void unfit(TableDefinition table, String error) {
    deadLetter(error);
  }

  /** A record that must stop the table: it has unknown fields where the contract says fail. */
  void halt(TableDefinition table, String error);

  /**
   * A row in which an object has two fields of one name, of which the last one holds; comes beside
   * what else is made of it.
   */
  default void repeatedField(TableDefinition table) {
    // Most need not know.
  }

  /** A record that is no change. */
  void skipped(SkipReason reason);
}
