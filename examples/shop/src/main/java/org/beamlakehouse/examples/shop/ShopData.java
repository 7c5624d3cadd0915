package org.beamlakehouse.examples.shop;

import java.io.IOException;
import java.nio.file.Path;
import org.beamlakehouse.pipelines.internal.cli.SampleData;

/** The shop as {@code lakehouse demo} takes it; public because a service must be. */
public final class ShopData implements SampleData {
  @Override
  public void write(Path project, double scale) throws IOException {
    ShopGenerator.generate(project, scale);
  }

  @Override
  public String runDate() {
    return ShopGenerator.RUN_DATE;
  }
}
