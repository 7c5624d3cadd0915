package org.beamlakehouse.pipelines.internal.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.beamlakehouse.io.internal.secrets.Redaction;

/**
 * Fills {@code ${NAME}} and {@code ${NAME:-default}} from the environment. As in a shell, the
 * default also stands in for a variable that is set but empty. Values never get into error texts.
 */
final class Variables {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?})?");

  private Variables() {}

  /** True where the text refers to a variable. */
  static boolean isIn(String text) {
    return text.contains("${");
  }

  /**
   * The text with all variables filled in; empty where one was not.
   *
   * @param unset is told of variables that are not set
   * @param errors is told of what is no variable
   */
  static Optional<String> fill(
      String text,
      Map<String, String> environment,
      Consumer<String> unset,
      Consumer<String> errors) {
    Matcher references = REFERENCE.matcher(text);
    StringBuilder filled = new StringBuilder();
    boolean failed = false;
    while (references.find()) {
      String name = references.group(1);
      String value = name == null ? null : environment.get(name);
      if (name == null) {
        errors.accept("a '${' is not followed by a variable's name and '}'");
      } else if (references.group(2) != null) {
        value = value == null || value.isEmpty() ? references.group(3) : value;
      } else if (value == null) {
        unset.accept(
            String.format(
                "the environment variable %s is not set; set it or give a default: ${%s:-...}",
                name, name));
      }
      failed |= value == null;
      if (name != null) {
        Redaction.learn(name, value);
      }
      references.appendReplacement(filled, Matcher.quoteReplacement(value == null ? "" : value));
    }
    return failed ? Optional.empty() : Optional.of(references.appendTail(filled).toString());
  }
}
