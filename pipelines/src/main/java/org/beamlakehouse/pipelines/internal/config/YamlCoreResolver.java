package org.beamlakehouse.pipelines.internal.config;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Types of plain scalars by YAML 1.2's core schema, so that {@code NO}, {@code on} or {@code
 * 2024-01-01} are the text they look like.
 */
final class YamlCoreResolver extends Resolver {
  private static final Pattern CORE_BOOL = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern CORE_INT = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern CORE_FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern CORE_NULL = Pattern.compile("~|null|Null|NULL|");

  @Override
  protected void addImplicitResolvers() {
    addImplicitResolver(Tag.BOOL, CORE_BOOL, "tTfF");
    addImplicitResolver(Tag.INT, CORE_INT, "-+0123456789");
    addImplicitResolver(Tag.FLOAT, CORE_FLOAT, "-+0123456789.");
    addImplicitResolver(Tag.MERGE, MERGE, "<");
    addImplicitResolver(Tag.NULL, CORE_NULL, "~nN\0");
    addImplicitResolver(Tag.NULL, EMPTY, null);
  }
}
