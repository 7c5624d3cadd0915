package org.beamlakehouse.pipelines.internal.context;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this software. */
public final class Version {
  private Version() {}

  /** What {@code pipeline_version} says of rows written by this build. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in =
        Version.class.getResourceAsStream("/org/beamlakehouse/pipelines/version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
