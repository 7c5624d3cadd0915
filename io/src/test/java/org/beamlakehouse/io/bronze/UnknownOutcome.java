package org.beamlakehouse.io.bronze;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitStateUnknownException;

/** A table whose commits arrive while their answer is lost. */
final class UnknownOutcome {
  private UnknownOutcome() {}

  static Table of(Table table) {
    TableOperations operations = ((BaseTable) table).operations();
    TableOperations unsure =
        (TableOperations)
            Proxy.newProxyInstance(
                UnknownOutcome.class.getClassLoader(),
                new Class<?>[] {TableOperations.class},
                (proxy, method, arguments) -> {
                  Object result;
                  try {
                    result = method.invoke(operations, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                  if (method.getName().equals("commit")) {
                    throw new CommitStateUnknownException(
                        new IllegalStateException("the answer was lost"));
                  }
                  return result;
                });
    return new BaseTable(unsure, table.name());
  }
}
