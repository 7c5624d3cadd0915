package org.beamlakehouse.testing.robust;

/** Texts of contracts. */
final class Contracts {
  private Contracts() {}

  /**
   * A contract with one table {@code silver.<name>}.
   *
   * @param custom lines of custom properties, with their indentation
   * @param quality lines of table rules, with their indentation; empty for none
   * @param properties lines of columns, with their indentation
   */
  static String of(String name, String source, String custom, String quality, String properties) {
    return """
        kind: DataContract
        apiVersion: v3.1.0
        id: %s
        version: 1.0.0
        status: active
        schema:
          - name: %s
            physicalName: silver.%s
            customProperties:
              - {property: source, value: %s}
        """
            .formatted(name, name, name, source)
        + indented(custom, 6)
        + (quality.isEmpty() ? "" : "    quality:\n" + indented(quality, 6))
        + "    properties:\n"
        + indented(properties, 6);
  }

  private static String indented(String lines, int columns) {
    return lines.isEmpty() ? "" : lines.stripTrailing().stripIndent().indent(columns);
  }
}
