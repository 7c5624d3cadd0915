package org.beamlakehouse.io.internal.iceberg.snapshot;

import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * Operations of a table that take a new snapshot for committed once the table has it, whatever the
 * catalog answered. What Iceberg validates by itself when it tries again comes before {@link
 * CommitOnce} is asked, and a merge's own vectors conflict with themselves.
 */
public final class SureTableOperations implements TableOperations {
  private final TableOperations real;

  private SureTableOperations(TableOperations real) {
    this.real = real;
  }

  /** The same table, to commit to. */
  public static Table of(Table table) {
    return table instanceof HasTableOperations operations
        ? new BaseTable(new SureTableOperations(operations.operations()), table.name())
        : table;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    try {
      real.commit(base, metadata);
    } catch (RuntimeException e) {
      Snapshot made = metadata.currentSnapshot();
      boolean isNew = made != null && base != null && base.snapshot(made.snapshotId()) == null;
      if (!isNew || !isThere(made, e)) {
        throw e;
      }
    }
  }

  private boolean isThere(Snapshot made, RuntimeException failure) {
    try {
      return real.refresh().snapshot(made.snapshotId()) != null;
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      if (failure instanceof CommitFailedException) {
        throw new CommitStateUnknownException(failure);
      }
      throw failure;
    }
  }

  @Override
  public TableMetadata current() {
    return real.current();
  }

  @Override
  public TableMetadata refresh() {
    return real.refresh();
  }

  @Override
  public FileIO io() {
    return real.io();
  }

  @Override
  public EncryptionManager encryption() {
    return real.encryption();
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return real.metadataFileLocation(fileName);
  }

  @Override
  public LocationProvider locationProvider() {
    return real.locationProvider();
  }

  @Override
  public TableOperations temp(TableMetadata uncommittedMetadata) {
    return real.temp(uncommittedMetadata);
  }

  @Override
  public long newSnapshotId() {
    return real.newSnapshotId();
  }

  @Override
  public boolean requireStrictCleanup() {
    return real.requireStrictCleanup();
  }
}
