package org.beamlakehouse.testing.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A Flink 1.19 standalone cluster of one JobManager and several TaskManagers, each a process. Jobs
 * come by REST, as {@code --flinkMaster} of Beam's Flink runner sends them, with their own jar.
 *
 * <p>Nothing remembers jobs when the JobManager is killed: they are submitted again then, from
 * {@link #lastCheckpoint} if they were to be continued. Not safe for use by several threads.
 */
public final class FlinkCluster extends ServerExtension {
  private static final String NAME = "flink";
  private static final int FRAMEWORK_HEAP_MEGABYTES = 128;
  private static final String JOB_MANAGER =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String CLIENT = "org.apache.flink.client.cli.CliFrontend";
  private static final String LOGGING = "-Dlog4j.configuration=servers-log4j.properties";
  private static final String TASK_MANAGER =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

  /** What Flink on Java 17 needs to be exported and open. */
  private static final List<String> MODULES =
      Stream.concat(
              Stream.of(
                  "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
                  "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
                  "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED"),
              Stream.of(
                      "java.lang",
                      "java.net",
                      "java.io",
                      "java.nio",
                      "sun.nio.ch",
                      "java.lang.reflect",
                      "java.text",
                      "java.time",
                      "java.util",
                      "java.util.concurrent",
                      "java.util.concurrent.atomic",
                      "java.util.concurrent.locks")
                  .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED"))
          .toList();

  private final int taskManagers;
  private final int heapMegabytes;
  private final Map<String, String> settings;
  private final List<Path> libraries;
  private final List<Worker> workers = new ArrayList<>();
  private Path folder;
  private int restPort;
  private ServerProcess jobManager;
  private FlinkRest rest;
  private int started;

  /** A TaskManager under an id that no earlier process had. */
  private record Worker(String id, ServerProcess process) {}

  private FlinkCluster(
      int taskManagers, int heapMegabytes, Map<String, String> settings, List<Path> libraries) {
    this.taskManagers = taskManagers;
    this.heapMegabytes = heapMegabytes;
    this.settings = settings;
    this.libraries = libraries;
  }

  /** A cluster to be started, whose TaskManagers have one slot and 1 GB of heap each. */
  public static FlinkCluster create(int taskManagers) {
    return new FlinkCluster(taskManagers, 1024, Map.of(), List.of());
  }

  /** The same cluster with another heap for user code in each TaskManager. */
  public FlinkCluster withTaskHeap(int megabytes) {
    return new FlinkCluster(taskManagers, megabytes, settings, libraries);
  }

  /** The same cluster with one of Flink's settings. */
  public FlinkCluster withSetting(String key, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(key, value);
    return new FlinkCluster(taskManagers, heapMegabytes, all, libraries);
  }

  /** The same cluster with a jar on the class path of its processes, as in Flink's {@code lib}. */
  public FlinkCluster withLibrary(Path jar) {
    List<Path> all = new ArrayList<>(libraries);
    all.add(jar.toAbsolutePath());
    return new FlinkCluster(taskManagers, heapMegabytes, settings, all);
  }

  @Override
  List<ServerProcess> processes() {
    List<ServerProcess> all = new ArrayList<>();
    if (jobManager != null) {
      all.add(jobManager);
    }
    workers.forEach(worker -> all.add(worker.process()));
    return all;
  }

  @Override
  public void start() {
    if (folder != null) {
      throw new IllegalStateException("Cannot start Flink: it was started before; close it first");
    }
    folder = Folders.create(NAME);
    restPort = Ports.free();
    rest = new FlinkRest(address());
    Folders.write(folder.resolve("flink-conf.yaml"), lines(Ports.free()));
    // TaskManagers that find no JobManager wait longer than it takes to start.
    startJobManager();
    for (int i = 0; i < taskManagers; i++) {
      workers.add(taskManager(i));
    }
    awaitWorkers();
  }

  private List<String> lines(int rpcPort) {
    Map<String, String> all = new TreeMap<>();
    for (String key :
        List.of(
            "rest.address",
            "rest.bind-address",
            "jobmanager.rpc.address",
            "jobmanager.bind-host",
            "taskmanager.host",
            "taskmanager.bind-host")) {
      all.put(key, Ports.LOOPBACK);
    }
    all.put("rest.port", Integer.toString(restPort));
    all.put("jobmanager.rpc.port", Integer.toString(rpcPort));
    all.put("taskmanager.numberOfTaskSlots", "1");
    // A process takes the sizes as they are: only Flink's scripts would compute them.
    all.put("taskmanager.cpu.cores", "1.0");
    all.put("taskmanager.memory.framework.heap.size", FRAMEWORK_HEAP_MEGABYTES + "m");
    all.put("taskmanager.memory.framework.off-heap.size", "128m");
    all.put("taskmanager.memory.jvm-metaspace.size", "256m");
    all.put("taskmanager.memory.jvm-overhead.min", "192m");
    all.put("taskmanager.memory.jvm-overhead.max", "192m");
    all.put("taskmanager.memory.task.heap.size", heapMegabytes + "m");
    all.put("taskmanager.memory.task.off-heap.size", "128m");
    all.put("taskmanager.memory.network.min", "128m");
    all.put("taskmanager.memory.network.max", "128m");
    all.put("taskmanager.memory.managed.size", "128m");
    all.put("io.tmp.dirs", folder.resolve("tmp").toString());
    all.put("state.checkpoints.dir", folder.resolve("checkpoints").toUri().toString());
    // Those that were killed are missed soon, and looked for again soon.
    all.put("heartbeat.interval", "1000");
    all.put("heartbeat.timeout", "20000");
    all.put("cluster.registration.max-timeout", "1000");
    all.put("cluster.registration.error-delay", "500");
    all.putAll(settings);
    return all.entrySet().stream().map(s -> s.getKey() + ": " + s.getValue()).toList();
  }

  private void startJobManager() {
    jobManager =
        process(
            "jobmanager",
            List.of("-Xmx512m"),
            List.of(JOB_MANAGER, "--configDir", folder.toString(), "--executionMode", "cluster"));
    jobManager.await(rest::answers);
  }

  private Worker taskManager(int index) {
    started++;
    String id = "worker-" + started;
    ServerProcess process =
        process(
            "taskmanager-" + index,
            List.of("-Xmx" + (heapMegabytes + FRAMEWORK_HEAP_MEGABYTES) + "m"),
            List.of(
                TASK_MANAGER,
                "--configDir",
                folder.toString(),
                "-D",
                "taskmanager.resource-id=" + id));
    return new Worker(id, process);
  }

  private ServerProcess process(String name, List<String> memory, List<String> main) {
    List<String> options = new ArrayList<>(memory);
    options.add("-XX:+UseParallelGC");
    options.add(LOGGING);
    options.addAll(MODULES);
    return ServerProcess.java(name, folder, classPath(), options, main);
  }

  private String classPath() {
    StringBuilder classPath = new StringBuilder(ClassPaths.of(NAME));
    libraries.forEach(jar -> classPath.append(File.pathSeparator).append(jar));
    return classPath.toString();
  }

  /**
   * Flink's own command line with the configuration of this cluster, as {@code bin/flink}: {@code
   * client("run", jar, …)}. To be started by the caller.
   */
  public ProcessBuilder client(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", LOGGING));
    command.addAll(MODULES);
    command.addAll(List.of("-cp", classPath(), CLIENT));
    command.addAll(List.of(arguments));
    ProcessBuilder client = new ProcessBuilder(command);
    client.environment().put("FLINK_CONF_DIR", folder.toString());
    return client;
  }

  private void awaitWorkers() {
    for (Worker worker : workers) {
      if (worker.process().isAlive()) {
        worker.process().await(() -> rest.taskManagers().contains(worker.id()));
      }
    }
  }

  /** What {@code --flinkMaster} is to be: {@code host:port} of REST, the same after a restart. */
  public String address() {
    return Ports.LOOPBACK + ":" + restPort;
  }

  /** Jobs of the cluster; stays usable over restarts. */
  public FlinkRest rest() {
    return rest;
  }

  /**
   * The newest checkpoint of a job that is still there, as {@code --savepointPath} takes it; empty
   * where there is none. Flink deletes those of cancelled jobs unless it was told to retain them.
   */
  public Optional<String> lastCheckpoint(String job) {
    Path checkpoints = folder.resolve("checkpoints").resolve(job);
    if (!Files.exists(checkpoints)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("chk-"))
          .filter(file -> Files.exists(file.resolve("_metadata")))
          .max(Comparator.comparingLong(FlinkCluster::number))
          .map(file -> file.toUri().toString());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list checkpoints: " + e.getMessage(), e);
    }
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
  }

  /** Kills a TaskManager, counted from zero, as {@code kill -9} does. */
  public void killTaskManager(int index) {
    workers.get(index).process().kill();
  }

  /** Starts a TaskManager again after {@link #killTaskManager} and waits until it has joined. */
  public void restartTaskManager(int index) {
    if (workers.get(index).process().isAlive()) {
      throw new IllegalStateException(
          "Cannot restart TaskManager " + index + ": it still runs; kill it first");
    }
    workers.set(index, taskManager(index));
    awaitWorkers();
  }

  /** Kills the JobManager as {@code kill -9} does; TaskManagers stop its jobs. */
  public void killJobManager() {
    jobManager.kill();
  }

  /**
   * Starts the JobManager again after {@link #killJobManager}, at the same address and without
   * jobs, and waits until the TaskManagers have joined it.
   */
  public void restartJobManager() {
    if (jobManager.isAlive()) {
      throw new IllegalStateException(
          "Cannot restart the JobManager: it still runs; kill it first");
    }
    startJobManager();
    awaitWorkers();
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.process().kill());
    workers.clear();
    if (jobManager != null) {
      jobManager.kill();
      jobManager = null;
    }
    if (folder != null) {
      Folders.delete(folder);
      folder = null;
    }
  }
}
