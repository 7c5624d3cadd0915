package org.beamlakehouse.io.internal.bronze.decisions;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Locale;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What an operator said of records that lie in a bronze table, or what a run found that an operator
 * may say something of.
 *
 * @param kind what was said
 * @param table the silver table that it was said of; null where it holds for the whole source
 * @param places the records that it was said of, as stable JSON text whose form the kind tells:
 *     equal places are equal texts
 */
public record Decision(Kind kind, @Nullable String table, String places) implements Serializable {

  /** What may be said. */
  public enum Kind {
    /** A run noticed that the source's log seems to begin anew; nobody has said so yet. */
    NOTICED_LOG,
    /** The source's log begins anew at these places. */
    NEW_LOG,
    /** These records are passed over for the table. */
    DISCARD,
    /** A gate that halted the table lets these records through. */
    ACCEPT;

    /** The kind as it is stored. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Decision {
    requireNonNull(kind, "kind");
    requireNonNull(places, "places");
  }
}
