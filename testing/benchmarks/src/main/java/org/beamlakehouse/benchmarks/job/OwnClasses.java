package org.beamlakehouse.benchmarks.job;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where the classes of this module lie, for the class paths of other processes. */
final class OwnClasses {
  private OwnClasses() {}

  static String location() {
    try {
      return Path.of(OwnClasses.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find the classes of this module", e);
    }
  }
}
