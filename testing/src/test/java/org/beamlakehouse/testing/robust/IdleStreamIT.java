package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream that has nothing to do costs next to nothing, and takes up what comes. What it costs is
 * processor time, which other work on the machine does not add to.
 */
class IdleStreamIT {
  private static final Duration WINDOW = Duration.ofSeconds(8);

  /**
   * What looking at the sources every second may cost; a pipeline that waits takes ten times it.
   */
  private static final double MOST_SHARE = 0.05;

  private static final long LONGEST_MILLIS = 300_000;

  @TempDir Path folder;
  private ChildRun run;

  @AfterEach
  void end() throws InterruptedException {
    run.kill();
  }

  @Test
  void restsUntilSomethingComes() throws Exception {
    TestProject project =
        TestProject.create(folder.resolve("project"))
            .file("lakehouse.yaml", "name: test\ncommitInterval: 1s\nsources:\n")
            .source("items", "json", "data/*.jsonl")
            .contract(
                "items",
                Contracts.of(
                    "items",
                    "items",
                    "- {property: sequenceBy, value: seq}",
                    "",
                    """
                    - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                    """));
    deliver(project, 1);
    run = ChildRun.start(project.folder(), folder.resolve("output.txt"), "--mode=continuous");
    await(() -> rows(project) == 1);
    double share = 1;
    for (int window = 0; window < 15 && share > MOST_SHARE; window++) {
      Duration before = run.processorTime();
      run.ends(WINDOW.toMillis());
      share = run.processorTime().minus(before).toNanos() / (double) WINDOW.toNanos();
    }
    run.assertAlive();
    assertThat("share of a core", share, lessThan(MOST_SHARE));

    deliver(project, 2);
    await(() -> rows(project) == 2);
    assertThat(rows(project), is(2));
    assertThat(Files.readString(folder.resolve("output.txt")), run.end(), is(0));
  }

  private static int rows(TestProject project) {
    return project.exists("silver.items") ? project.rows("silver.items").size() : 0;
  }

  private static void deliver(TestProject project, int id) throws Exception {
    project.lines("incoming", List.of("{\"id\":" + id + ",\"seq\":" + id + "}"));
    Path file = project.folder().resolve("data/" + id + ".jsonl");
    Files.createDirectories(file.getParent());
    Files.move(project.folder().resolve("incoming"), file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void await(BooleanSupplier condition) throws Exception {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (System.currentTimeMillis() < end && run.isAlive() && !condition.getAsBoolean()) {
      run.ends(200);
    }
    run.assertAlive();
  }
}
