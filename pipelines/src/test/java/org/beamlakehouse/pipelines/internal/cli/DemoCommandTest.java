package org.beamlakehouse.pipelines.internal.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo} where only the product is on the class path, as it is with a runner's jar alone. */
class DemoCommandTest {
  private static final String HOME = "lakehouse.home";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();
  private String homeBefore;

  @TempDir Path home;

  @BeforeEach
  void goHome() {
    homeBefore = System.setProperty(HOME, home.toString());
  }

  @AfterEach
  void goBack() {
    if (homeBefore == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, homeBefore);
    }
  }

  @Test
  void tellsWhereTheGeneratorIsAndWritesNothing() throws IOException {
    Path shop = Files.createDirectories(home.resolve("examples/shop"));

    assertThat(demo(), is(2));

    assertThat(
        err.toString(), allOf(containsString("sample data"), containsString("./lakehouse demo")));
    assertThat(err.toString().lines().count(), is(1L));
    assertThat(out.toString(StandardCharsets.UTF_8), is(emptyString()));
    try (Stream<Path> files = Files.list(shop)) {
      assertThat(files.toList(), is(List.of()));
    }
  }

  @Test
  void tellsThatThereIsNoSampleProject() {
    assertThat(demo(), is(2));

    assertThat(
        err.toString(),
        allOf(
            containsString(home.resolve("examples/shop").toString()),
            containsString("repository")));
    assertThat(err.toString().lines().count(), is(1L));
  }

  private int demo() {
    return LakehouseCommand.execute(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintWriter(err, true),
        Map.of(),
        "demo");
  }
}
