package org.beamlakehouse.io.bronze;

import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;

/** A table in which somebody else commits right before our first append does. */
public final class ForeignCommit extends BaseTable {
  private final Runnable foreign;
  private boolean done;

  public ForeignCommit(Table table, Runnable foreign) {
    super(((BaseTable) table).operations(), table.name());
    this.foreign = foreign;
  }

  @Override
  public AppendFiles newAppend() {
    AppendFiles append = super.newAppend();
    if (!done) {
      done = true;
      foreign.run();
    }
    return append;
  }
}
