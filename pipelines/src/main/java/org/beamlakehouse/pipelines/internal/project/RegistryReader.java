package org.beamlakehouse.pipelines.internal.project;

import java.util.Map;
import org.beamlakehouse.io.internal.registry.RegistryConfig;
import org.beamlakehouse.pipelines.internal.config.YamlNode;

/** Reads what a source says of its schema registry. */
final class RegistryReader {
  private static final String URL = "schemaRegistry";
  private static final String CONFIG = "schemaRegistryConfig";

  private RegistryReader() {}

  /** Reads the registry to the settings; mistakes are told. */
  static void read(YamlNode source, SourceSettings.Builder settings, boolean needed) {
    YamlNode url = source.get(URL);
    YamlNode config = source.get(CONFIG);
    Map<String, String> properties =
        config == null ? Map.of() : config.asProperties("'" + CONFIG + "'");
    String text = source.string(URL);
    if (url == null) {
      if (needed) {
        source.error(
            "required key '%s' is missing: the URL of the registry with the schemas of the"
                + " records",
            URL);
      } else if (config != null) {
        source.errorAt(CONFIG, "there is no '%s' that '%s' belongs to", URL, CONFIG);
      }
      return;
    }
    boolean unfilled = url.isUnfilled();
    for (String name : properties.keySet()) {
      unfilled |= config.get(name).isUnfilled();
    }
    if (text == null || unfilled) {
      return;
    }
    try {
      settings.schemaRegistry(RegistryConfig.of(text, properties));
    } catch (IllegalArgumentException e) {
      source.errorAt(URL, "%s", e.getMessage());
    }
  }
}
