package org.beamlakehouse.benchmarks.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A Beam runner that our process uses, in its own launchable jar. */
public enum Runner {
  DIRECT("Direct runner", "direct", List.of(), List.of()),
  FLINK(
      "embedded Flink, parallelism 2",
      "flink",
      List.of("--runner=FlinkRunner", "--parallelism=2"),
      List.of(
          "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
          "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
          "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.text=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED"));

  private final String label;
  private final String module;
  private final List<String> beamOptions;
  private final List<String> jvmOptions;

  Runner(String label, String module, List<String> beamOptions, List<String> jvmOptions) {
    this.label = label;
    this.module = module;
    this.beamOptions = beamOptions;
    this.jvmOptions = jvmOptions;
  }

  /**
   * The runner of a name.
   *
   * @throws IllegalArgumentException where there is none
   */
  static Runner of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  public String label() {
    return label;
  }

  public List<String> beamOptions() {
    return beamOptions;
  }

  /** What the runner needs of the virtual machine. */
  List<String> jvmOptions() {
    return jvmOptions;
  }

  /**
   * The runner's launchable jar.
   *
   * @param home root of the repository
   * @throws IllegalStateException where the jar is not built
   */
  String classPath(Path home) {
    Path jar = target(home).resolve("beam-lakehouse-" + module + "-bundled.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "Cannot measure with the runner " + module + ": " + jar + " is missing; build it");
    }
    return jar.toString();
  }

  /** The archive of the jar's classes that the command starts with, where it was made. */
  Path archive(Path home) {
    return target(home).resolve("classes.jsa");
  }

  private Path target(Path home) {
    return home.resolve("runners").resolve(module).resolve("target");
  }
}
