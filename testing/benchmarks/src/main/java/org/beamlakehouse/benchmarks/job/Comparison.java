package org.beamlakehouse.benchmarks.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Systems that do the same job on the same successive batches, in turns, so that whatever else the
 * machine does meets all of them. The table of each is checked against the oracle after each run.
 */
final class Comparison {
  private final List<Peer> peers;
  private final Path input;
  private final int changes;
  private final OrderLog log;
  private final Oracle oracle;
  private final Consumer<String> progress;
  private int batch;

  Comparison(List<Peer> peers, JobSetup setup, Consumer<String> progress) {
    this.peers = List.copyOf(peers);
    this.input = setup.input();
    this.changes = setup.sizes().changes();
    this.log = new OrderLog(setup.sizes().rows(), setup.sizes().hotShare());
    this.oracle = new Oracle(setup.sizes().rows());
    this.progress = progress;
  }

  /**
   * Each system in one process for all batches.
   *
   * @param warmups batches that are not measured
   * @param measured batches that are
   * @return the costs of each system, in the order of the systems
   */
  List<Series> warm(int warmups, int measured) {
    List<Series> all = newSeries();
    List<Peer.Session> sessions = new ArrayList<>();
    try {
      peers.forEach(peer -> sessions.add(peer.start()));
      for (int i = 0; i < warmups + measured; i++) {
        nextBatch();
        for (int peer : turns()) {
          Cost cost = sessions.get(peer).run(batch);
          tell(peer, i < warmups ? "warm-up" : "warm", cost);
          if (i >= warmups) {
            all.get(peer).add(cost);
          }
          check(peer);
        }
      }
    } finally {
      sessions.forEach(Peer.Session::close);
    }
    return all;
  }

  /**
   * Each system in a new process per batch, from its start to its end.
   *
   * @return the costs of each system, in the order of the systems
   */
  List<Series> wholeProcess(int measured) {
    List<Series> all = newSeries();
    for (int i = 0; i < measured; i++) {
      nextBatch();
      for (int peer : turns()) {
        long started = System.nanoTime();
        Duration cpu = ChildCpu.total();
        try (Peer.Session session = peers.get(peer).start()) {
          session.run(batch);
        }
        Cost cost =
            new Cost(Duration.ofNanos(System.nanoTime() - started), ChildCpu.total().minus(cpu));
        tell(peer, "whole process", cost);
        all.get(peer).add(cost);
        check(peer);
      }
    }
    return all;
  }

  private List<Series> newSeries() {
    return peers.stream().map(peer -> new Series(peer.name())).toList();
  }

  /** Every other batch begins with the other end. */
  private List<Integer> turns() {
    List<Integer> turns = new ArrayList<>();
    for (int peer = 0; peer < peers.size(); peer++) {
      turns.add(peer);
    }
    if (batch % 2 == 0) {
      Collections.reverse(turns);
    }
    return turns;
  }

  private void nextBatch() {
    batch++;
    List<OrderChange> delivered = log.nextBatch(changes);
    oracle.deliver(delivered);
    BatchFiles.write(input, batch, delivered);
  }

  private void tell(int peer, String mode, Cost cost) {
    progress.accept(
        String.format(
            "batch %d, %s, %s: %s s (CPU %s s)",
            batch,
            peers.get(peer).name(),
            mode,
            Series.seconds(cost.wall()),
            Series.seconds(cost.cpu())));
  }

  private void check(int peer) {
    Contents expected = oracle.expected();
    Contents actual = Contents.of(peers.get(peer).table());
    if (!actual.equals(expected)) {
      throw new IllegalStateException(
          String.format(
              "Cannot compare %s: after batch %d its table is %s and must be %s",
              peers.get(peer).name(), batch, actual, expected));
    }
  }
}
