package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.benchmarks.PlainMerge;
import org.beamlakehouse.pipelines.internal.project.Project;

/** Main class of the process without Beam: arguments are the project's folder and the input's. */
final class PlainRuns {
  private PlainRuns() {}

  /** Merges the batch of each line of standard input. */
  public static void main(String[] arguments) throws Exception {
    Project project = Project.load(Path.of(arguments[0]), Map.of());
    PlainMerge merge = new PlainMerge(project.catalog(), project.tables().get(0));
    Repeater.answer(batch -> merge.merge(files(Path.of(arguments[1]), batch)));
  }

  private static List<Path> files(Path input, int batch) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(input, BatchFiles.glob(batch))) {
      found.forEach(files::add);
    }
    return files;
  }
}
