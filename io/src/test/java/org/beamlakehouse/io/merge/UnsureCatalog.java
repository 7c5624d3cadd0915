package org.beamlakehouse.io.merge;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * A catalog whose next commit to a table ends with nobody knowing whether it was made, or with a
 * wrong answer.
 */
public final class UnsureCatalog extends JdbcCatalog {
  /** What really happens to the commit of which the answer is lost. */
  public enum Lost {
    COMMIT_MADE,
    COMMIT_NOT_MADE,
    /** The commit is made, and then refused as a conflict with itself. */
    COMMIT_MADE_AND_DENIED
  }

  private static final AtomicReference<Plan> PLAN = new AtomicReference<>();

  private record Plan(String table, Lost lost, RuntimeException answer) {}

  /** Loses the answer to the next commit of a table. */
  public static void loseNextAnswer(String table, Lost lost) {
    PLAN.set(
        new Plan(
            table,
            lost,
            lost == Lost.COMMIT_MADE_AND_DENIED
                ? new CommitFailedException("somebody else was faster")
                : new CommitStateUnknownException(
                    new IllegalStateException("the connection broke"))));
  }

  /** Refuses the next commit of a table, for example for want of rights. */
  public static void refuseNext(String table, RuntimeException answer) {
    PLAN.set(new Plan(table, Lost.COMMIT_NOT_MADE, answer));
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier table) {
    return new Operations(super.newTableOps(table), table.toString());
  }

  private record Operations(TableOperations real, String table) implements TableOperations {
    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      Plan plan = PLAN.get();
      if (plan == null || !plan.table().equals(table) || !PLAN.compareAndSet(plan, null)) {
        real.commit(base, metadata);
        return;
      }
      if (plan.lost() != Lost.COMMIT_NOT_MADE) {
        real.commit(base, metadata);
      }
      throw plan.answer();
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
    public String metadataFileLocation(String fileName) {
      return real.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return LocationProviders.locationsFor(current().location(), current().properties());
    }
  }
}
