package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * CPU time of the child processes that this process has waited for, as Linux counts it: from start
 * to end, the virtual machine's own threads included.
 */
final class ChildCpu {
  private static final Path STAT = Path.of("/proc/self/stat");

  /** The unit of the numbers, which Linux fixes for programs whatever the kernel's own is. */
  private static final long TICKS_PER_SECOND = 100;

  /** Places of {@code cutime} and {@code cstime} after the command's name. */
  private static final int USER = 13;

  private static final int SYSTEM = 14;

  private ChildCpu() {}

  /** The time so far; zero where the system does not tell. */
  static Duration total() {
    if (!Files.isReadable(STAT)) {
      return Duration.ZERO;
    }
    try {
      String stat = Files.readString(STAT);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
      return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + STAT + ": " + e.getMessage(), e);
    }
  }
}
