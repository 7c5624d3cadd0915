package org.beamlakehouse.pipelines.internal.contract;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.text.NearestName;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The {@code customProperties} of a table, column or rule: a list of name and value pairs. */
final class CustomProperties {
  private final Map<String, YamlNode> values;

  private CustomProperties(Map<String, YamlNode> values) {
    this.values = values;
  }

  /**
   * Reads the pairs of a node; unknown and repeated names are errors.
   *
   * @param known the names there are
   */
  static CustomProperties of(YamlNode owner, Collection<String> known) {
    Map<String, YamlNode> values = new LinkedHashMap<>();
    for (YamlNode pair : owner.items("customProperties")) {
      if (!pair.expectMap("a custom property")) {
        continue;
      }
      pair.allowKeys(OdcsSchema.keys("CustomProperty"));
      String name = pair.requireString("property");
      YamlNode value = pair.require("value");
      if (name == null || value == null) {
        continue;
      }
      if (!known.contains(name)) {
        pair.errorAt(
            "property", "unknown custom property '%s'%s", name, NearestName.hint(name, known));
      } else if (values.putIfAbsent(name, value) != null) {
        pair.errorAt("property", "duplicate custom property '%s'", name);
      }
    }
    return new CustomProperties(values);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  @Nullable YamlNode get(String name) {
    return values.get(name);
  }

  /** Text of a property, or null where it is missing or wrong. */
  @Nullable String string(String name) {
    YamlNode value = values.get(name);
    return value == null ? null : value.asString("'" + name + "'");
  }

  /** One text or a list of texts; empty where the property is missing. */
  List<String> strings(String name) {
    YamlNode value = values.get(name);
    return value == null ? List.of() : value.asStrings("'" + name + "'");
  }
}
