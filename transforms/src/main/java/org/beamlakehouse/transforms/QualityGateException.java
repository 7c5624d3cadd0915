package org.beamlakehouse.transforms;

import java.io.Serial;

/**
 * A row failed a rule whose action is to halt. The message names the rules, never a value of the
 * row.
 */
public final class QualityGateException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  QualityGateException(String rules) {
    super(
        String.format(
            "Cannot let a row pass the quality gate: it fails %s, and a rule with action FAIL halts"
                + " the pipeline; mend the data, give the rule a milder action, or route such rows"
                + " with OnFail.ROUTE",
            rules));
  }
}
