package org.beamlakehouse.benchmarks.job;

import org.apache.iceberg.Table;

/** One of the systems that do the job; each has tables of its own. */
interface Peer {
  String name();

  /** Starts a process that is ready to do the job for one batch after the other. */
  Session start();

  /** The table as it is now. */
  Table table();

  /** A running process. */
  interface Session extends AutoCloseable {
    /** Does the job for a batch, whose files are there. */
    Cost run(int batch);

    /** Ends the process and waits for it. */
    @Override
    void close();
  }
}
