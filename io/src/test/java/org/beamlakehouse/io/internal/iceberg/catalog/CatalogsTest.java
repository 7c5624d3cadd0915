package org.beamlakehouse.io.internal.iceberg.catalog;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogsTest {
  private static final String DEFAULT_OF_HADOOP = "fs.df.interval";

  @Test
  void whereNobodyConfiguresHadoopFilesAreOpenedWithoutItsDefaults() {
    assertThat(new Configuration().get(DEFAULT_OF_HADOOP), notNullValue());
    assertThat(Catalogs.hadoop().get(DEFAULT_OF_HADOOP), nullValue());
    assertThat(Catalogs.hadoop().get("fs.file.impl"), is(LocalFiles.class.getName()));
  }

  @Test
  void settingsOfAClusterAreReadWithHadoopsDefaults(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("core-site.xml"),
        "<configuration><property><name>fs.defaultFS</name><value>hdfs://nn:8020</value>"
            + "</property></configuration>");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader site = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(site);
      Configuration hadoop = Catalogs.hadoop();
      assertThat(hadoop.get("fs.defaultFS"), is("hdfs://nn:8020"));
      assertThat(hadoop.get(DEFAULT_OF_HADOOP), notNullValue());
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
