package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
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
import org.beamlakehouse.examples.shop.ShopGenerator;
import org.beamlakehouse.pipelines.internal.cli.LakehouseCommand;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code lakehouse demo} as one command, on a copy of the sample. That the script {@code lakehouse}
 * puts the generator on the class path is not shown: here it is there.
 */
class DemoIT {
  private static final String HOME = "lakehouse.home";

  private String homeBefore;

  @TempDir Path home;

  @BeforeEach
  void copySample() throws IOException {
    ShopFiles.copySample(home.resolve("examples/shop"));
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
  void makesTheDataRunsThemAndPrintsTheGoldTablesAndThenFindsNothingToDo() {
    String first = demo("--scale=0.01").done().out();

    TestProject shop = TestProject.open(home.resolve("examples/shop"));
    for (String table :
        List.of("customer_features", "dau_by_platform", "regional_summary", "revenue_daily")) {
      assertThat(first, containsString("\ngold." + table + ": "));
      assertThat(table, shop.snapshots("gold." + table).size(), is(1));
    }
    assertThat(first, containsString(ShopGenerator.RUN_DATE));

    assertThat(demo("--scale=0.01").done().out(), containsString("Nothing to do"));
    assertThat(shop.snapshots("silver.orders").size(), is(1));
  }

  @Test
  void refusesAScaleOutOfRangeAndWritesNothing() {
    CommandResult refused = demo("--scale=0");

    assertThat(refused.err(), refused.exitCode(), is(2));
    assertThat(refused.err(), containsString("scale"));
    assertThat(Files.exists(home.resolve("examples/shop/data")), is(false));
  }

  private static CommandResult demo(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    String[] line = new String[arguments.length + 1];
    line[0] = "demo";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    int code =
        LakehouseCommand.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintWriter(err, true),
            Map.of(),
            line);
    return new CommandResult(code, out.toString(StandardCharsets.UTF_8), err.toString());
  }
}
