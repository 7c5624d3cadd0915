package org.beamlakehouse.pipelines.internal.contract;

import java.math.BigDecimal;
import java.util.List;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.table.FailWhen;

/** Reads {@code failWhen}: {@code never}, or {@code {moreThan: 100, quarantined: 100%}}. */
final class FailWhenReader {
  private static final String NEVER = "never";
  private static final String MORE_THAN = "moreThan";
  private static final String QUARANTINED = "quarantined";
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private FailWhenReader() {}

  /** The value of the property; the default where there is none, and where it is wrong. */
  static FailWhen read(YamlNode value) {
    if (value == null) {
      return FailWhen.DEFAULT;
    }
    if (value.kind() != YamlNode.Kind.MAP) {
      if (NEVER.equals(value.text())) {
        return FailWhen.NEVER;
      }
      value.error(
          "'failWhen' must be %s, or like {%s: 100, %s: 100%%}, not '%s'",
          NEVER, MORE_THAN, QUARANTINED, value.written());
      return FailWhen.DEFAULT;
    }
    value.allowKeys(List.of(MORE_THAN, QUARANTINED));
    Integer moreThan = value.has(MORE_THAN) ? value.integer(MORE_THAN) : null;
    if (moreThan != null && moreThan < 0) {
      value.errorAt(MORE_THAN, "'%s' must not be negative", MORE_THAN);
      moreThan = null;
    }
    return new FailWhen(
        moreThan == null ? FailWhen.DEFAULT.moreThan() : moreThan,
        value.has(QUARANTINED) ? share(value) : FailWhen.DEFAULT.share());
  }

  private static double share(YamlNode value) {
    String text = value.string(QUARANTINED);
    if (text == null) {
      return FailWhen.DEFAULT.share();
    }
    try {
      BigDecimal percent = new BigDecimal(text.strip().replaceFirst(" *%$", ""));
      if (text.strip().endsWith("%") && percent.signum() > 0 && percent.compareTo(HUNDRED) <= 0) {
        return percent.doubleValue() / 100;
      }
    } catch (NumberFormatException e) {
      // Told below, with what it should be.
    }
    value.errorAt(
        QUARANTINED,
        "'%s' must be a share above 0%% and at most 100%%, not '%s'",
        QUARANTINED,
        text);
    return FailWhen.DEFAULT.share();
  }
}
