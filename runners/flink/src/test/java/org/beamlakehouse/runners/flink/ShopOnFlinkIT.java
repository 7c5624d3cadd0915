package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The sample project on embedded Flink and on the Direct runner, from the same files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShopOnFlinkIT {
  private static final String VARS = ShopCopy.VARS;

  private TestProject onDirect;
  private TestProject onFlink;

  @BeforeAll
  void runBoth(@TempDir Path folder) throws IOException {
    onDirect = ShopCopy.in(folder.resolve("direct"));
    onDirect.command("run", VARS, "--runner=DirectRunner").done();
    onFlink = ShopCopy.in(folder.resolve("flink"));
    // Two cores are enough for many slots; only network buffers must be.
    onFlink.command("run", VARS, "--runner=FlinkRunner", "--parallelism=8").done();
  }

  @Test
  void showsTheSameOfEveryTable() {
    Project project = Project.load(onFlink.folder(), Map.of());
    Map<String, String> direct = new TreeMap<>();
    Map<String, String> flink = new TreeMap<>();
    for (var table : project.tables()) {
      // Columns that the run decides are left out.
      String columns =
          table.columns().stream().map(column -> column.name()).collect(Collectors.joining(","));
      direct.put(table.name(), show(onDirect, table.name(), columns + ",_sequence"));
      flink.put(table.name(), show(onFlink, table.name(), columns + ",_sequence"));
    }
    for (var product : project.goldProducts()) {
      direct.put(product.table(), show(onDirect, product.table(), null));
      flink.put(product.table(), show(onFlink, product.table(), null));
    }
    assertThat(flink, is(direct));
    assertThat(flink.size(), is(7));
  }

  @Test
  void recordsItsRunner() {
    assertThat(
        onFlink.rows("ops.runs", "runner").stream()
            .map(row -> row.get("runner"))
            .collect(Collectors.toSet()),
        is(Set.of("FlinkRunner")));
  }

  @Test
  void findsNothingToDoAgain() {
    List<Long> snapshots = onFlink.snapshots("silver.orders");
    assertThat(
        onFlink.command("run", VARS, "--runner=FlinkRunner", "--parallelism=8").done().out(),
        containsString("Nothing to do"));
    assertThat(onFlink.snapshots("silver.orders"), is(snapshots));
    assertThat(snapshots, hasItem(onFlink.table("silver.orders").currentSnapshot().snapshotId()));
  }

  private static String show(TestProject project, String table, String columns) {
    String[] arguments =
        columns == null
            ? new String[] {table, "--format=jsonl"}
            : new String[] {table, "--format=jsonl", "--columns=" + columns};
    String out = project.command("show", arguments).done().out();
    return out.lines().sorted().collect(Collectors.joining("\n"));
  }
}
