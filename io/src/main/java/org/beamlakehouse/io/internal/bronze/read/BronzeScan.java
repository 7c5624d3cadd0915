package org.beamlakehouse.io.internal.bronze.read;

import java.io.Serializable;
import java.util.Objects;

/**
 * A piece of a bronze table for one worker to read: a data file or some of its row groups.
 *
 * @param task the piece as Iceberg's {@code ScanTaskParser} writes it
 * @param sequence sequence number of the commit that appended the rows; with it a hop that feeds
 *     several tables tells to which of them the piece is new
 * @param bytes stored size of the piece
 */
public record BronzeScan(String task, long sequence, long bytes) implements Serializable {
  public BronzeScan {
    Objects.requireNonNull(task, "task");
  }
}
